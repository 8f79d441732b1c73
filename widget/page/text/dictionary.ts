import { en } from './en.ts';
import { ru } from './ru.ts';

/** Both languages have the same texts: the Russian ones give the structure, the compiler holds the English to it. */
export type Dictionary = typeof ru;

export type Locale = 'ru' | 'en';

export type Plural = Record<'one' | 'few' | 'many' | 'other', string>;

export const DICTIONARIES: Record<Locale, Dictionary> = { ru, en };

/** The text with its `{name}` places filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** A code's text where there is one: codes are added on the server before the page knows them. */
export function textOf(texts: Record<string, string>, code: string): string {
  return Object.hasOwn(texts, code) ? (texts[code] ?? code) : code;
}
