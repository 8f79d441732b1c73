import { z } from 'zod';
import type { Sentence } from '../errors/codes.ts';

/** What is wrong with a setting, in both languages, as zod's refinements take it. */
export function wrong(en: string, ru: string): { message: string; params: { ru: string } } {
  return { message: en, params: { ru } };
}

const RUSSIAN = z.locales.ru();

/** The sentence of an issue: of {@link wrong}, or zod's own in its two languages. Needs `reportInput`. */
export function sentenceOfIssue(issue: z.core.$ZodIssue): Sentence {
  const en = issue.message;
  if (issue.code === 'custom') return { en, ru: typeof issue.params?.['ru'] === 'string' ? issue.params['ru'] : en };
  const ru = RUSSIAN.localeError(issue as z.core.$ZodRawIssue);
  return { en, ru: typeof ru === 'string' ? ru : (ru?.message ?? en) };
}
