import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { ExportError } from '../../errors/export-error.ts';
import { errorCode } from '../error-code.ts';

/**
 * Does work that needs a folder of its own for a while. The folder is empty or gone afterwards; a process that is killed
 * leaves it behind.
 *
 * @throws ExportError `temporary_file_failed`; what `work` throws.
 */
export async function inScratchFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(parent, 'speechsense-export-')).catch((cause: unknown) => {
    throw new ExportError('temporary_file_failed', { values: { what: errorCode(cause) ?? 'unknown' }, cause });
  });
  try {
    return await work(folder);
  } finally {
    // What a hostile program has left there must not hide how the work ended.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
