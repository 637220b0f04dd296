import { createContext, use } from 'react';
import { ofBrowser } from '@/shared/browser_storage';
import { en, type Messages } from '@/shared/i18n/en';

export type Language = 'en' | 'es';
export type MessageKey = keyof Messages;
export type Values = Record<string, string | number>;

/** What a schema says of a wrong entry: a key of the catalogue, which the form words. */
export const says = (key: MessageKey): MessageKey => key;

/** What Intl is asked for: the language as it is written in the United States. */
export const kLocales: Record<Language, string> = { en: 'en-US', es: 'es-US' };
export const kLanguageNames: Record<Language, string> = { en: 'English', es: 'Español' };

const kStorageKey = 'rota.language';

/** What the patient chose, else the first language of the browser that there is a catalogue for. */
export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
    if (stored === 'en' || stored === 'es') return stored;
    for (const tag of browser) {
        const language = tag.slice(0, 2).toLowerCase();
        if (language === 'en' || language === 'es') return language;
    }
    return 'en';
}

export const storedLanguage = (): string | null => ofBrowser.get(kStorageKey);
export const storeLanguage = (language: Language): void => ofBrowser.set(kStorageKey, language);

export interface Catalogue {
    language: Language;
    messages: Messages;
}

/** English is always there; every other language is fetched when it is wanted. One that does not come is English for now. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
    const english: Catalogue = { language: 'en', messages: en };
    if (language === 'en') return english;
    try {
        return { language, messages: (await import('@/shared/i18n/es')).es };
    } catch {
        return english;
    }
}

/**
 * Puts values into a text: {name}. A text with forms for numbers is written "{count, one: # day, other: # days}".
 */
export function fill(locale: string, text: string, values: Values = {}): string {
    return text
        .replace(/\{(\w+), one: ([^{}]*?), other: ([^{}]*?)\}/g, (_whole, name: string, one: string, other: string) => {
            const count = Number(values[name]);
            const form = new Intl.PluralRules(locale).select(count) === 'one' ? one : other;
            return form.replace('#', new Intl.NumberFormat(locale).format(count));
        })
        .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export interface I18n {
    language: Language;
    locale: string;
    setLanguage: (language: Language) => void;
    t: (key: MessageKey, values?: Values) => string;
}

export const I18nContext = createContext<I18n | null>(null);

export function useI18n(): I18n {
    const i18n = use(I18nContext);
    if (i18n === null) throw new Error('useI18n outside of LanguageProvider');
    return i18n;
}
