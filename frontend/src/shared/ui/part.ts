import { createElement, use, type ComponentType, type ReactNode } from 'react';

export interface Part<Props> {
    (props: Props): ReactNode;
    /** Fetches the part's file, whoever asks first. */
    fetch: () => Promise<unknown>;
    hasArrived: () => boolean;
}

/**
 * A part of the page that comes in a file of its own. React's `lazy` shows a fallback even where the file is there already,
 * and keeps it for a third of a second: this one is drawn at once.
 */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>): Part<Props> {
    let arrived: ComponentType<Props> | undefined;
    let pending: Promise<ComponentType<Props>> | undefined;
    const fetch = () => (pending ??= load().then((component) => (arrived = component)));
    const Part = (props: Props) => createElement(arrived ?? use(fetch()), props);
    return Object.assign(Part, { fetch, hasArrived: () => arrived !== undefined });
}
