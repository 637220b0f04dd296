import { useEffect, useState } from 'react';

/** The time, fresh every half minute: what depends on it (a button that closes 24 hours before) changes by itself. */
export function useNow(): Date {
    const [now, setNow] = useState(() => new Date());
    useEffect(() => {
        const timer = setInterval(() => setNow(new Date()), 30_000);
        return () => clearInterval(timer);
    }, []);
    return now;
}
