import { unzipSync } from 'fflate';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../support/temporary-folder.ts';

const projectRoot = path.join(import.meta.dirname, '..', '..');

/**
 * The archive that `build:widget` makes with these options. In a process of its own: the bundler's native part takes no
 * regular expressions out of jest's realm.
 */
export async function buildArchive(...options: string[]): Promise<Uint8Array> {
  const folder = await temporaryFolder();
  try {
    const out = path.join(folder.path, 'widget.zip');
    const args = ['--import', 'tsx', 'scripts/build-widget.ts', '--out', out, ...options];
    await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
    return readFileSync(out);
  } finally {
    await folder.remove();
  }
}

/** Name in the archive → content. */
export function filesOf(archive: Uint8Array): Map<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(archive)));
}
