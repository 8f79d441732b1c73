import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isNativeError } from 'node:util/types';
import { ExportError } from '../../errors/export-error.ts';
import { type ExportSettings, parseExportSettings } from '../../settings/export-settings.ts';
import type { Input } from './streams.ts';

/**
 * Settings from a JSON file, or from standard input for `-`. Absent parts take their defaults.
 *
 * @throws {ExportError} `usage` when it cannot be read; {@link SettingsInvalid} with all that is wrong in it.
 */
export async function readSettingsFile(file: string, stdin: Input): Promise<ExportSettings> {
  return parseExportSettings(parseJson(file, await contentOf(file, stdin)));
}

async function contentOf(file: string, stdin: Input): Promise<string> {
  if (file === '-') return text(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = isNativeError(cause) && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ExportError('usage', { cause, values: { problem: `the file ${file} cannot be read (${why})` } });
  }
}

function parseJson(file: string, content: string): unknown {
  try {
    // Editors on Windows put a byte order mark in front, which JSON does not know.
    return JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const where = isNativeError(cause) ? cause.message : 'unknown';
    throw new ExportError('usage', { cause, values: { problem: `the file ${file} is not JSON: ${where}` } });
  }
}
