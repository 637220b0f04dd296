import { useSyncExternalStore } from 'react';
import { ofBrowser } from '@/shared/browser_storage';

/** Until the portal has accounts, the browser remembers who last booked: the number and the name, and nothing else. */
export interface RememberedPatient {
    id: number;
    name: string;
}

const kStorageKey = 'rota.patient';
const kChanged = 'rota:patient';

export function rememberPatient({ id, name }: RememberedPatient): void {
    ofBrowser.set(kStorageKey, JSON.stringify({ id, name }));
    window.dispatchEvent(new Event(kChanged));
}

export function forgetPatient(): void {
    ofBrowser.remove(kStorageKey);
    window.dispatchEvent(new Event(kChanged));
}

export function parseRemembered(text: string | null): RememberedPatient | null {
    try {
        const value: unknown = JSON.parse(text ?? 'null');
        if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) return null;
        return typeof value.id === 'number' && typeof value.name === 'string' ? { id: value.id, name: value.name } : null;
    } catch {
        return null;
    }
}

// The same object for the same text: React compares what it gets.
let lastText: string | null = null;
let lastPatient: RememberedPatient | null = null;

function current(): RememberedPatient | null {
    const text = ofBrowser.get(kStorageKey);
    if (text !== lastText) {
        lastText = text;
        lastPatient = parseRemembered(text);
    }
    return lastPatient;
}

function subscribe(changed: () => void): () => void {
    window.addEventListener(kChanged, changed);
    // Of the other tabs.
    window.addEventListener('storage', changed);
    return () => {
        window.removeEventListener(kChanged, changed);
        window.removeEventListener('storage', changed);
    };
}

export const useRememberedPatient = (): RememberedPatient | null => useSyncExternalStore(subscribe, current);
