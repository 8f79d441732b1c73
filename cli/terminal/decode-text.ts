import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';

/**
 * The text of a file or a pipe: UTF-8, or UTF-16 as PowerShell writes it, with or without a byte order mark.
 *
 * @param name what it is, for the error.
 * @throws {ExportError} `usage` for what is neither.
 */
export function decodeText(bytes: Buffer, name: Sentence): string {
  try {
    // The decoder takes the byte order mark away.
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch (cause) {
    const problem = {
      en: `${name.en} is no text in UTF-8: save it as UTF-8`,
      ru: `${name.ru}: это не текст в UTF-8, сохраните в UTF-8`,
    };
    throw new ExportError('usage', { cause, values: { problem } });
  }
}

/** JSON, tokens and keys begin with an ASCII letter: in UTF-16 one of its two bytes is zero. */
function encodingOf([first, second]: Buffer): string {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
