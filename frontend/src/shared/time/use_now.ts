import { useEffect, useState } from 'react';

/** The time, by default fresh every half minute: what depends on it (a button that closes 24 hours before) changes by itself. */
export function useNow(everyMs = 30_000): Date {
    const [now, setNow] = useState(() => new Date());
    useEffect(() => {
        const timer = setInterval(() => setNow(new Date()), everyMs);
        return () => clearInterval(timer);
    }, [everyMs]);
    return now;
}
