import type { Sentence } from '../../errors/codes.ts';

/** The languages that the command line speaks. */
export type Language = keyof Sentence;

/** The language asked for by `--lang`, else by the locale variables in their own order of precedence. */
export function languageOf(flag: string | undefined, variables: Record<string, string | undefined>): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = variables;
  // An empty variable counts as unset, as in the C library.
  const locale = flag ?? [LC_ALL, LC_MESSAGES, LANG].find(Boolean) ?? '';
  return locale.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}
