import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isNativeError } from 'node:util/types';
import type { Sentence } from '../errors/codes.ts';
import { findExportError, ExportError } from '../errors/export-error.ts';

/**
 * Writes a report to a file, which appears under its name only when it is whole. Only its owner reads it: it holds names.
 *
 * @throws {ExportError} `usage` when the file cannot be written.
 */
export async function writeReportFile(content: Readable, file: string): Promise<void> {
  const half = `${file}.${process.pid}.part`;
  try {
    await pipeline(content, createWriteStream(half, { mode: 0o600 }));
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    if (findExportError(error) || !isFileError(error)) throw error;
    throw new ExportError('usage', { cause: error, values: { problem: problemOf(error, file) } });
  }
}

function problemOf({ code }: { code: string }, file: string): Sentence {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const folder = path.dirname(path.resolve(file));
    return {
      en: `The report cannot be written: there is no folder ${folder}.`,
      ru: `Отчёт не записать: папки ${folder} нет.`,
    };
  }
  return { en: `The report ${file} cannot be written (${code}).`, ru: `Отчёт ${file} не записать (${code}).` };
}

function isFileError(error: unknown): error is Error & { code: string } {
  return (
    isNativeError(error) && 'syscall' in error && 'code' in error && typeof error.code === 'string' && 'path' in error
  );
}
