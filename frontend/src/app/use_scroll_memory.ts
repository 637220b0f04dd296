import { useEffect, useLayoutEffect } from 'react';
import { useLocation, NavigationType, useNavigationType } from 'react-router';

const positions = new Map<string, number>();

/** A new page begins at its top; back and forward return to where the reader was. */
export function useScrollMemory(): void {
    const { key, pathname } = useLocation();
    const kind = useNavigationType();

    useEffect(() => {
        history.scrollRestoration = 'manual';
    }, []);

    useEffect(() => {
        const remember = () => positions.set(key, window.scrollY);
        window.addEventListener('scroll', remember, { passive: true });
        return () => window.removeEventListener('scroll', remember);
    }, [key]);

    // Only a new path is a new page: choosing a filter, which changes the rest of the address, moves nothing.
    useLayoutEffect(() => {
        if (kind !== NavigationType.Pop) window.scrollTo(0, 0);
    }, [pathname, kind]);

    useLayoutEffect(() => {
        if (kind === NavigationType.Pop) window.scrollTo(0, positions.get(key) ?? 0);
    }, [key, kind]);
}
