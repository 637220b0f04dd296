import { matchPath } from 'react-router';
import { describe, expect, it } from 'vitest';
import { pageFileAt, pageFiles } from '@/app/page_files';

const addresses = pageFiles.flatMap(({ paths }) => paths.map((path) => `/${path.replace(/:\w+/g, '4')}`));

describe('the file of an address', () => {
    it.each(addresses)('is the one that the router shows at %s', (address) => {
        const shown = pageFiles.filter(({ paths }) => paths.some((path) => matchPath(`/${path}`, address) !== null));
        expect(shown).toHaveLength(1);
        expect(pageFileAt(address)).toBe(shown[0]);
        expect(pageFileAt(`${address}/`)).toBe(shown[0]);
    });
    it.each(['/', '/nowhere', '/book', '/book/4/day', '/appointments/4', '/waitlist/4'])('is none for %s', (address) => {
        expect(pageFileAt(address)).toBeUndefined();
    });
});
