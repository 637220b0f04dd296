import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
    /** Another one comes into sight anew. */
    of: unknown;
    children: ReactNode;
}

/** An answer that comes into sight by itself: the button that asked for it may be a screen further down. */
export function IntoView({ of, children }: Props) {
    const place = useRef<HTMLDivElement>(null);
    useEffect(() => {
        place.current?.scrollIntoView({ block: 'nearest' });
    }, [of]);
    return <div ref={place}>{children}</div>;
}
