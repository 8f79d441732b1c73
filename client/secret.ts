import { ExportError } from '../errors/export-error.ts';

/**
 * A token or key as a person hands it over, without the line break behind it. What no header can carry is refused
 * before it is sent anywhere; the error never quotes it.
 *
 * @param what names it in the error: `token`, `API key`.
 * @throws {ExportError} `usage`
 */
export function cleanSecret(text: string, what: string): string {
  const secret = text.trim();
  if (secret === '') throw new ExportError('usage', { values: { problem: `the ${what} is empty` } });
  if (!/^[\x21-\x7e]{1,8192}$/.test(secret)) {
    throw new ExportError('usage', { values: { problem: `the ${what} holds spaces or letters that none can have` } });
  }
  return secret;
}
