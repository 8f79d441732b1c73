import type { Sentence } from './codes.ts';
import { UNKNOWN_VALUES } from './unknown-values.ts';

/** Hosts, ids, counts; words in both languages. Never a token, a phone, a name or a link. */
export type ErrorValue = string | number | Sentence;
export type ErrorValues = Record<string, ErrorValue>;

/** A sentence in that language with its `{placeholders}` filled. */
export function filled(text: string, language: keyof Sentence, values: ErrorValues): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? unknownValue(name);
    return typeof value === 'object' ? value[language] : String(value);
  });
}

function unknownValue(name: string): Sentence {
  const known: Partial<Record<string, Sentence>> = UNKNOWN_VALUES;
  return known[name] ?? UNKNOWN_VALUES.what;
}
