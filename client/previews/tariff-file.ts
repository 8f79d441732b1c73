import { readFile } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import { ExportError } from '../../errors/export-error.ts';
import { parseTariff, type Tariff } from '../../settings/tariff.ts';

/** @throws {ExportError} `tariff_invalid` */
export async function readTariff(file: string): Promise<Tariff> {
  let given: unknown;
  try {
    given = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (cause) {
    const problems = isNativeError(cause) ? ('code' in cause ? String(cause.code) : cause.message) : 'unreadable';
    throw new ExportError('tariff_invalid', { cause, values: { file, problems } });
  }
  return parseTariff(given, file);
}
