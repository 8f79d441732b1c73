import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';

/** What a secret is called in errors. */
export interface SecretName extends Sentence {
  /** Its field in a request. */
  field: string;
}

/**
 * A token or key as a person hands it over, without the line break behind it. What no header can carry is refused
 * before it is sent anywhere; the error never quotes it.
 *
 * @throws {ExportError} `usage`
 */
export function cleanSecret(text: string, { en, ru, field }: SecretName): string {
  const secret = text.trim();
  if (secret === '') {
    const problem = { en: `the ${en} is empty`, ru: `${ru}: пусто` };
    throw new ExportError('usage', { values: { problem }, field });
  }
  if (!/^[\x21-\x7e]{1,8192}$/.test(secret)) {
    const problem = {
      en: `the ${en} holds spaces or letters that none can have`,
      ru: `${ru}: есть пробелы или буквы, которых там не бывает`,
    };
    throw new ExportError('usage', { values: { problem }, field });
  }
  return secret;
}
