import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';

/** Writes a file that only its owner reads, whole or not at all. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const half = `${file}.part`;
  await writeFile(half, text, { mode: 0o600 });
  await rename(half, file);
}

/** Makes a folder that only its owner enters, or makes one that is there so. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
}

/** The keys that seal the secrets of this clone's database: made once, and kept beside it. */
export async function keptEncryptionKeys(file: string): Promise<string> {
  // Keys that are there but cannot be read must not be replaced: what they sealed would be lost.
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const keys = `local:${randomBytes(32).toString('base64')}`;
  await writePrivateFile(file, `${keys}\n`);
  return keys;
}

/** Variables as a file that `process.loadEnvFile` reads. */
export function environmentFile(variables: Record<string, string>): string {
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  return `# Written by npm start for the command line beside it; gone when it ends.\n${lines.join('\n')}\n`;
}
