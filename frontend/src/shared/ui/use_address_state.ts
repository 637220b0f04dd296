import { startTransition, useOptimistic } from 'react';
import { useSearchParams } from 'react-router';

/**
 * A choice that lives in the address, so that a reload and the back button keep it. The router follows an address when it
 * finds time; what was just typed or chosen shows at once.
 */
export function useAddressState<Value>(
    read: (search: URLSearchParams) => Value,
    write: (value: Value) => URLSearchParams,
): [Value, (value: Value) => void] {
    const [search, setSearch] = useSearchParams();
    const [value, show] = useOptimistic(read(search));
    const change = (next: Value) =>
        startTransition(() => {
            show(next);
            setSearch(write(next), { replace: true });
        });
    return [value, change];
}
