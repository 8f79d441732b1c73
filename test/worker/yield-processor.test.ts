import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';

const MODULE = pathToFileURL(path.resolve(import.meta.dirname, '../../worker/yield-processor.ts')).href;
const TSX = path.resolve(import.meta.dirname, '../../node_modules/tsx/dist/loader.mjs');

/** The niceness of every thread of a process that yields, and of a child that it starts then. */
async function nicenessAfter(niceness: number, startedWith: number): Promise<{ threads: number[]; child: number }> {
  const script = `
    import { spawnSync } from 'node:child_process';
    import { readdirSync } from 'node:fs';
    import { readFile } from 'node:fs/promises';
    import os from 'node:os';
    import { Worker } from 'node:worker_threads';
    // Threads of every kind: the pool for files, one of V8's, one of ours.
    await readFile('/proc/self/stat');
    const early = new Worker('setInterval(() => undefined, 1000)', { eval: true });
    await new Promise((resolve) => early.once('online', resolve));
    const { yieldProcessor } = await import(${JSON.stringify(MODULE)});
    yieldProcessor(${niceness});
    const late = new Worker('setInterval(() => undefined, 1000)', { eval: true });
    await new Promise((resolve) => late.once('online', resolve));
    const threads = readdirSync('/proc/self/task').map((id) => os.getPriority(Number(id)));
    const child = Number(spawnSync('nice', { encoding: 'utf8' }).stdout);
    console.log(JSON.stringify({ threads, child }));
    process.exit();`;
  const node = [process.execPath, '--import', TSX, '--input-type=module', '-e', script];
  const child = spawn('nice', ['-n', String(startedWith), ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout)) as { threads: number[]; child: number };
}

const before = Number(spawnSync('nice', { encoding: 'utf8' }).stdout);

(process.platform === 'linux' ? test : test.skip).each([
  [5, 0, Math.max(5, before)],
  [0, 0, before],
  [5, 9, before + 9],
])(
  'niceness %i of a worker that was started with %i is %i for all its threads and children',
  async (wanted, started, is) => {
    const { threads, child } = await nicenessAfter(wanted, started);
    expect(threads.length).toBeGreaterThan(5);
    expect(new Set(threads)).toEqual(new Set([is]));
    expect(child).toBe(is);
  },
);
