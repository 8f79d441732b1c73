import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { isNativeError } from 'node:util/types';
import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { type ExportSettings, parseExportSettings } from '../../settings/export-settings.ts';
import { decodeText } from '../terminal/decode-text.ts';
import type { Input } from '../terminal/streams.ts';

/**
 * Settings from a JSON file, or from standard input for `-`. Absent parts take their defaults.
 *
 * @throws {ExportError} `usage` when it cannot be read; {@link SettingsInvalid} with all that is wrong in it.
 */
export async function readSettingsFile(file: string, stdin: Input): Promise<ExportSettings> {
  return parseExportSettings(parseJson(file, decodeText(await contentOf(file, stdin), nameOf(file))));
}

async function contentOf(file: string, stdin: Input): Promise<Buffer> {
  if (file === '-') return buffer(stdin);
  try {
    return await readFile(file);
  } catch (cause) {
    const why = isNativeError(cause) && 'code' in cause ? ` (${String(cause.code)})` : '';
    const problem = { en: `the file ${file} cannot be read${why}`, ru: `файл ${file} не прочитать${why}` };
    throw new ExportError('usage', { cause, values: { problem } });
  }
}

function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    const { en, ru } = nameOf(file);
    // The parser quotes the place, in English whatever the language.
    const place = isNativeError(cause) ? ` (JSON.parse: ${cause.message})` : '';
    const problem = { en: `${en} is not JSON${place}`, ru: `${ru}: это не JSON${place}` };
    throw new ExportError('usage', { cause, values: { problem } });
  }
}

function nameOf(file: string): Sentence {
  if (file === '-') return { en: 'standard input', ru: 'стандартный ввод' };
  return { en: `the file ${file}`, ru: `файл ${file}` };
}
