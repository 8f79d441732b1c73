import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportError } from '../../errors/export-error.ts';
import { errorCode } from '../error-code.ts';

/** A file without a name: only this process sees it, and it is gone with it. */
export interface TemporaryFile {
  append(bytes: Buffer): Promise<void>;
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a file and unlinks it at once, keeping the descriptor: the kernel frees its space when the descriptor is
 * closed, so that even a process killed −9 leaves no recording behind. Where an open file can't be unlinked (Windows),
 * it is unlinked when it is closed.
 *
 * @throws ExportError `temporary_file_failed`: no space, no such directory, no right to write there.
 */
export async function createTemporaryFile(directory: string): Promise<TemporaryFile> {
  const path = join(directory, `speechsense-export-${randomUUID()}.part`);
  const file = await reported(() => open(path, 'wx+', 0o600));
  const unlinked = await unlink(path).then(
    () => true,
    () => false,
  );
  let end = 0;
  return {
    append: (bytes) =>
      reported(async () => {
        // A write may take less than it was given, on a nearly full disk for one; the next one then says why.
        for (let rest = bytes; rest.length > 0;) {
          const { bytesWritten } = await file.write(rest, 0, rest.length, end);
          rest = rest.subarray(bytesWritten);
          end += bytesWritten;
        }
      }),
    read: (offset, length) =>
      reported(async () => {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      }),
    close: async () => {
      await file.close();
      if (!unlinked) await unlink(path).catch(() => undefined);
    },
  };
}

async function reported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ExportError('temporary_file_failed', { values: { what: errorCode(error) ?? 'unknown' }, cause: error });
  }
}
