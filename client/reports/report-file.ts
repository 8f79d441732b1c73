import { constants, createWriteStream, fstatSync, type Stats } from 'node:fs';
import { access, chmod, chown, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isNativeError } from 'node:util/types';
import type { Sentence } from '../../errors/codes.ts';
import { findExportError, ExportError } from '../../errors/export-error.ts';

/** A report holds names: one that is new is its owner's alone. */
const OWNERS_ONLY = 0o600;

/**
 * Writes a report where the file's name leads. A regular file gets it whole or not at all, and keeps its mode and owner;
 * a FIFO or a device is written to and stays what it is; links are followed.
 *
 * @throws {ExportError} `usage` when it cannot be written there.
 */
export async function writeReportFile(content: Readable, file: string): Promise<void> {
  try {
    const found = await statOf(file);
    if (found && !found.isFile()) await pipeline(content, createWriteStream(file, { flags: 'w' }));
    else await replace(content, await behindLinks(file), found);
  } catch (error) {
    content.destroy();
    if (findExportError(error) || !isFileError(error)) throw error;
    throw new ExportError('usage', { cause: error, values: { problem: problemOf(error, file) } });
  }
}

/** Whether the name leads to where this process prints: it must not be replaced under those who print there. */
export async function isStandardOutput(file: string): Promise<boolean> {
  if (file === '-') return true;
  const found = await statOf(file).catch(() => undefined);
  const own = fstatSync(1);
  return found?.dev === own.dev && found.ino === own.ino;
}

/** The name of the file itself; of a link to what is not there yet, what it names. */
async function behindLinks(file: string, depth = 0): Promise<string> {
  const present = await realpath(file).catch(() => undefined);
  if (present !== undefined) return present;
  const named = depth < 10 ? await readlink(file).catch(() => undefined) : undefined;
  return named === undefined ? file : behindLinks(path.resolve(path.dirname(file), named), depth + 1);
}

async function replace(content: Readable, file: string, former: Stats | undefined): Promise<void> {
  // As a shell would: a file that is write-protected is not replaced, though its folder would allow it.
  if (former) await access(file, constants.W_OK);
  const half = `${file}.${process.pid}.part`;
  try {
    await pipeline(content, createWriteStream(half, { flags: 'wx', mode: OWNERS_ONLY, flush: true }));
    if (former) {
      // Another owner can be kept by root only.
      await chown(half, former.uid, former.gid).catch(() => undefined);
      await chmod(half, former.mode & 0o7777);
    }
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
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
  return isNativeError(error) && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
