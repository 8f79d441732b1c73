import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createStage, type Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';
import type { ExportStatus } from '../../client/exports/status.ts';
import { commandLine } from './command-line.ts';

let stage: Stage;
let run: ReturnType<typeof commandLine>;

beforeAll(async () => {
  stage = await createStage({ sandbox: { calls: 60, talkScale: 0.2 } });
  run = commandLine(stage.environment);
  await stage.ledger.settings.put(stage.accountId, stage.settings());
  await stage.startWorker();
});
afterAll(() => stage.close());

const statusesOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportStatus);

test('preview tells what an export would send, without sending anything', async () => {
  const { exitCode, stdout } = await run('preview --json');
  expect(exitCode).toBe(0);
  const { calls, ...rest } = JSON.parse(stdout) as { calls: ExportStatus['calls'] };
  expect(calls.found).toBe(calls.planned + sum(calls.skipped));
  expect(Object.keys(rest)).toEqual(['talkSeconds', 'estimate', 'warnings']);
  expect(stage.sandbox.speechsense.counters()).toMatchObject({ talks: 0 });
});

describe('what the mapping names and the account lacks', () => {
  const mapping = { deal: [{ amocrm: 'cf_404', speechsense: 'gone_field' }] };
  const custom = (settings: Record<string, unknown>) =>
    stage.ledger.settings.put(stage.accountId, stage.settings(settings));
  afterEach(async () => {
    stage.sandbox.amocrm.faults.set([]);
    await custom({});
  });
  const preview = async () => {
    const { exitCode, stdout, stderr } = await run('preview --json --lang en');
    expect(exitCode).toBe(0);
    return { stderr, ...(JSON.parse(stdout) as { warnings: string[]; calls: { planned: number } }) };
  };

  test('is named by a preview', async () => {
    await custom({ mapping });
    const { warnings, calls } = await preview();
    expect(warnings.join('\n')).toMatch(/mapping\.deal: .* cf_404 .* gone_field stays empty/);
    expect(calls.planned).toBeGreaterThan(0);
  });

  test('is a remark, and the preview goes on, where amoCRM cannot be asked', async () => {
    await custom({ mapping });
    stage.sandbox.amocrm.faults.set([{ match: '/custom_fields', answer: { status: 503 } }]);
    const { warnings, calls, stderr } = await preview();
    expect(stderr).toMatch(/could not be asked/);
    expect(warnings.join('\n')).not.toMatch(/cf_404/);
    expect(calls.planned).toBeGreaterThan(0);
  });

  test('is named by a start, which goes on', async () => {
    await custom({ mapping, period: { from: '2001-01-01', to: '2001-01-02' } });
    const { exitCode, stderr } = await run('start --watch --lang en');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/mapping\.deal: .* cf_404 .* gone_field stays empty/);
  });

  test('is a remark, and the start goes on, where amoCRM cannot be asked', async () => {
    await custom({ mapping, period: { from: '2001-01-01', to: '2001-01-02' } });
    stage.sandbox.amocrm.faults.set([{ match: '/custom_fields', answer: { status: 503 } }]);
    const { exitCode, stderr } = await run('start --watch --lang en');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/could not be asked/);
  });
});

test('start --watch --json prints statuses until the final one, whose sums add up', async () => {
  const { exitCode, stdout } = await run('start --watch --json');
  const statuses = statusesOf(stdout);
  const { state, calls } = statuses.at(-1) ?? { state: 'planning' };
  expect(state).toBe('completed');
  if (!calls) throw new Error('no status');
  expect(calls.found).toBe(calls.planned + sum(calls.skipped));
  const { exported, failed, waiting, unconfirmed, remaining, planned } = calls;
  expect(planned).toBe(exported + failed + waiting + unconfirmed + remaining);
  expect(exported).toBeGreaterThan(0);
  // The sandbox always has an old call without a recording.
  expect(failed).toBeGreaterThan(0);
  expect(exitCode).toBe(3);
  expect(new Set(statuses.map(({ exportId }) => exportId)).size).toBe(1);
});

test('status and report tell of the same export', async () => {
  const status = JSON.parse((await run('status --json')).stdout) as ExportStatus;
  const rows = JSON.parse((await run('report --json')).stdout) as { state: string }[];
  expect(rows).toHaveLength(status.calls.found);
  expect(rows.filter(({ state }) => state === 'exported')).toHaveLength(status.calls.exported);
  const failed = (await run('report --state failed')).stdout.trim().split('\r\n');
  expect(failed).toHaveLength(status.calls.failed + 1);
});

test('users are those of amoCRM, with their groups', async () => {
  const users = JSON.parse((await run('users --json')).stdout) as object[];
  expect(users.length).toBeGreaterThan(1);
  for (const user of users) expect(Object.keys(user)).toEqual(['id', 'name', 'group', 'active']);
});

test('retry takes up what failed, and refuses when nothing did for that reason', async () => {
  const before = JSON.parse((await run('status --json')).stdout) as ExportStatus;
  const retried = statusesOf((await run('retry --watch --json')).stdout).at(-1);
  expect(retried).toMatchObject({ kind: 'retry', state: 'completed' });
  expect(retried?.calls.found).toBe(before.calls.failed + before.calls.waiting);
  expect(await run('retry --reason recording_too_large')).toMatchObject({ exitCode: 2 });
});

test('Ctrl-C while watching leaves the export running, and stop ends it', async () => {
  // Slow recordings, so that the export is still under way whenever the key is pressed.
  await control('PUT', '/faults', [{ part: 'telephony', action: { kind: 'slow', bytesPerSecond: 2_000 } }]);
  const program = path.resolve(import.meta.dirname, '../../bin/speechsense-export.mjs');
  const child = spawn(process.execPath, [program, 'start', '--re-export', '--watch'], {
    env: { PATH: process.env.PATH, LANG: 'C', ...stage.environment },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const closed = once(child, 'close');
  await waitFor(() => said.includes('transferring'), { what: 'the transfer to begin' });
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
  expect(said).toContain('The export goes on without this window.');

  expect(await stage.exports.running(stage.accountId)).toBeDefined();
  const stopped = await run('stop --json');
  expect(stopped.exitCode).toBe(0);
  expect(JSON.parse(stopped.stdout)).toMatchObject({ state: 'stopped' });
  await control('DELETE', '/faults');
  expect(await run('status --watch --json')).toMatchObject({ exitCode: 4 });
});

async function control(method: string, where: string, body: unknown = null): Promise<void> {
  const answer = await fetch(`${stage.sandbox.addresses.control}${where}`, { method, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, calls) => total + calls, 0);
}
