import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ExportError } from '../../errors/export-error.ts';

/**
 * Takes the data folder for this start.
 *
 * @returns gives it back.
 * @throws {ExportError} `usage` when another start has it.
 */
export async function takeDataFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  // Root's Postgres runs as another user, who has to pass through; nobody else can list what is in there.
  await chmod(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
  const file = path.join(folder, 'start.pid');
  const owner = Number(await readFile(file, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && (await isStart(owner))) {
    const problem = `npm start runs here already (process ${owner}): end it first, or use it as it is`;
    throw new ExportError('usage', { values: { problem } });
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

/** Whether the process is one of ours and not somebody else's that was given the same id since. */
async function isStart(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || command.includes('start.ts');
}
