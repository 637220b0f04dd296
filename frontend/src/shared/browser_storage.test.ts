import { afterEach, describe, expect, it, vi } from 'vitest';
import { ofBrowser } from '@/shared/browser_storage';

afterEach(() => vi.unstubAllGlobals());

const allowing = (kept: Map<string, string>) => ({
    localStorage: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => kept.set(key, value),
        removeItem: (key: string) => kept.delete(key),
    },
});

const refusing = {
    get localStorage(): Storage {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
};

describe('what the browser keeps', () => {
    it('outlives the page', () => {
        const kept = new Map<string, string>();
        vi.stubGlobal('window', allowing(kept));
        ofBrowser.set('language', 'es');
        expect(kept.get('language')).toBe('es');
        kept.set('language', 'en');
        expect(ofBrowser.get('language')).toBe('en');
        ofBrowser.remove('language');
        expect(ofBrowser.get('language')).toBeNull();
    });

    it('is in memory where the browser refuses to keep anything', () => {
        vi.stubGlobal('window', refusing);
        expect(ofBrowser.get('language')).toBeNull();
        ofBrowser.set('language', 'es');
        expect(ofBrowser.get('language')).toBe('es');
        ofBrowser.remove('language');
        expect(ofBrowser.get('language')).toBeNull();
    });
});
