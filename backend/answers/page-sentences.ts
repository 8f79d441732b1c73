import { errorRow, type Sentence } from '../../errors/codes.ts';
import type { ExportError } from '../../errors/export-error.ts';
import { filled } from '../../errors/sentence.ts';

const TRY_AGAIN: Sentence = {
  en: 'The account could not be connected. Connect it again from the settings page; if that does not help, tell whoever runs the server: {code}.',
  ru: 'Аккаунт подключить не удалось. Подключите его ещё раз на странице настроек; если не поможет, сообщите тому, кто обслуживает сервер: {code}.',
};

/**
 * An error's sentence for a page that anybody can be sent to by a link: none of the link's words are on it, so that the
 * page cannot be made to say something under our address.
 */
export function sentenceOfOurs({ code }: ExportError): Sentence {
  const own = errorRow(code).page ?? errorRow(code);
  if (!/\{/.test(own.en)) return { en: own.en, ru: own.ru };
  return { en: filled(TRY_AGAIN.en, 'en', { code }), ru: filled(TRY_AGAIN.ru, 'ru', { code }) };
}

/** An error as a part of an answer that is none itself. */
export function errorOf(error: ExportError): { code: string; message: Sentence } {
  return { code: error.code, message: error.pageSentence() };
}
