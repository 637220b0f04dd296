import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { en } from '@/shared/i18n/en';
import { es } from '@/shared/i18n/es';
import { fill, preferredLanguage } from '@/shared/i18n/i18n';
import { formatMoney } from '@/shared/i18n/money';
import { formatHours, formatSpan } from '@/shared/i18n/span';

describe('the catalogues', () => {
    it('have the same keys', () => {
        expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
    });

    it.each(Object.keys(en) as (keyof typeof en)[])('say %s in both languages, with the same values', (key) => {
        expect(es[key].trim()).not.toBe('');
        expect(valuesOf(es[key])).toEqual(valuesOf(en[key]));
    });
});

describe('the texts of the catalogue', () => {
    const folder = new URL('../../', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name) && !/i18n\/e[ns]\.ts$|\.test\.ts$/.test(name));
    const code = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    // `visit.${type}Hint` stands for all keys that begin and end so.
    const composed = [...code.matchAll(/`(\w+\.\w*)\$\{[^}]*\}(\w*)`/g)].map(([, start = '', end = '']) => ({ start, end }));
    const isUsed = (key: string) => code.includes(`'${key}'`) || composed.some(({ start, end }) => key.startsWith(start) && key.endsWith(end));

    it('are all shown somewhere', () => {
        expect(composed.length).toBeGreaterThan(0);
        expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([]);
    });
});

const valuesOf = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort();

describe('a text', () => {
    it('takes values', () => {
        expect(fill('en-US', 'Next: {when}', { when: 'today' })).toBe('Next: today');
    });

    it('counts', () => {
        const text = '{count, one: # doctor, other: # doctors} here';
        expect(fill('en-US', text, { count: 1 })).toBe('1 doctor here');
        expect(fill('en-US', text, { count: 0 })).toBe('0 doctors here');
        expect(fill('en-US', text, { count: 1200 })).toBe('1,200 doctors here');
    });

    it('shows a value that nobody gave, so that the mistake is seen', () => {
        expect(fill('en-US', 'Next: {when}')).toBe('Next: {when}');
    });
});

describe('the language', () => {
    it('is the chosen one, else the first of the browser that there is, else English', () => {
        expect(preferredLanguage('es', ['en-US'])).toBe('es');
        expect(preferredLanguage(null, ['fr-FR', 'es-MX', 'en-US'])).toBe('es');
        expect(preferredLanguage('fr', ['de-DE'])).toBe('en');
    });
});

describe('money', () => {
    it('has cents only where there are some', () => {
        expect(formatMoney('en-US', 5000)).toBe('$50');
        expect(formatMoney('en-US', 4950)).toBe('$49.50');
        expect(formatMoney('es-US', 5000)).toBe('$50');
    });
});

describe('a span of time', () => {
    it('is in hours, and in minutes where it is no whole number of them', () => {
        expect(formatSpan('en-US', 120)).toBe('2 hours');
        expect(formatSpan('en-US', 60)).toBe('1 hour');
        expect(formatSpan('en-US', 90)).toBe('90 minutes');
        expect(formatSpan('es-US', 1)).toBe('1 minuto');
        expect(formatHours('es-US', 24)).toBe('24 horas');
    });
});
