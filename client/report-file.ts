import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isNativeError } from 'node:util/types';
import { findExportError, ExportError } from '../errors/export-error.ts';

/**
 * Writes a report to a file, which appears under its name only when it is whole.
 *
 * @throws {ExportError} `usage` when the file cannot be written.
 */
export async function writeReportFile(content: Readable, file: string): Promise<void> {
  const half = `${file}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    await pipeline(content, createWriteStream(half));
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    if (findExportError(error) || !isFileError(error)) throw error;
    throw new ExportError('usage', {
      cause: error,
      values: { problem: `the report ${file} cannot be written (${error.code})` },
    });
  }
}

function isFileError(error: unknown): error is Error & { code: string } {
  return (
    isNativeError(error) && 'syscall' in error && 'code' in error && typeof error.code === 'string' && 'path' in error
  );
}
