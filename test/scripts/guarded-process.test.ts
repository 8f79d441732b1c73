import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { startGuarded } from '../../scripts/servers/guarded-process.ts';
import { isRunning } from '../support/is-running.ts';
import { waitFor } from '../support/wait-for.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..');

test('what was started ends with its parent and its own children, though the parent was killed with SIGKILL', async () => {
  const parent = spawn(process.execPath, ['scripts/run.mjs', 'test/scripts/start-sleeper.ts'], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = z.tuple([z.string()]).parse(await once(createInterface(parent.stdout), 'line'));
  const pids = z.tuple([z.number(), z.number()]).parse(JSON.parse(line));
  expect(pids.map(isRunning)).toEqual([true, true]);

  parent.kill('SIGKILL');
  await waitFor(() => !pids.some(isRunning), { what: 'the shell and its sleep to end' });
});

test('stop ends a process that ignores the signal, once the limit has passed', async () => {
  const stubborn = await startGuarded({
    command: '/bin/sh',
    args: ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'],
    deathSignal: 'SIGKILL',
  });
  await waitFor(() => stubborn.lastOutput() === 'ready', { what: 'the shell to ignore SIGTERM' });
  await stubborn.stop('SIGTERM', 100);
  expect(stubborn.hasExited()).toBe(true);
  expect(await stubborn.exited).toBeNull();
});

test('stop of a process that has ended already does nothing', async () => {
  const ended = await startGuarded({
    command: '/bin/sh',
    args: ['-c', 'echo last words; exit 3'],
    deathSignal: 'SIGKILL',
  });
  expect(await ended.exited).toBe(3);
  await ended.stop('SIGTERM', 1_000);
  await waitFor(() => ended.lastOutput() === 'last words', { what: 'its output' });
});
