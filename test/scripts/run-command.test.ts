import { expect, test } from '@jest/globals';
import { runCommand } from '../../scripts/run-command.ts';

const env = { PATH: process.env.PATH };

test('both outputs and the exit code are given', async () => {
  const result = await runCommand('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'], { env, timeoutMs: 60_000 });
  expect(result.code).toBe(3);
  expect(result.output.split('\n').sort()).toEqual(['err', 'out']);
});

test('a command that does not exist is a result and holds nothing up', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const result = await runCommand('no-such-command', [], { env, timeoutMs: 600_000 });
  expect(result).toEqual({ code: null, output: expect.stringContaining('ENOENT') });
  expect(timers()).toBe(before);
});

test('a command that takes longer than it may is ended', async () => {
  const result = await runCommand('/bin/sh', ['-c', 'exec sleep 600'], { env, timeoutMs: 50 });
  expect(result.code).toBeNull();
});
