import { useEffect, type RefObject } from 'react';

/** After an attempt the focus goes to the first wrong entry, first as the reader meets them and not as they are declared. */
export function useFocusOnFirstError(form: RefObject<HTMLFormElement | null>, attempts: number, refusal: unknown): void {
    useEffect(() => {
        form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }, [form, attempts, refusal]);
}
