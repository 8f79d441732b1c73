import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { CheckedCall } from '../../client/talks/check-talks.ts';
import type { ExportStatus } from '../../client/exports/status.ts';
import { openDatabase } from '../../ledger/database/database.ts';
import { createSpeechSense } from '../../speechsense/speechsense.ts';
import { expectToAddUp, recordedCalls } from '../support/promises.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';
import { commandLine } from './command-line.ts';

let stage: Stage;
let run: ReturnType<typeof commandLine>;

beforeAll(async () => {
  stage = await createStage({ sandbox: { calls: 60, talkScale: 0.1 } });
  await stage.control('speechsense', 'PUT', '/behaviour', { indexDelayMs: 0, quota: null });
  run = commandLine({ ...stage.environment, SPEECHSENSE_READ_SHARE: '100' });
  await stage.ledger.settings.put(stage.accountId, stage.settings());
  await stage.startWorker();
  await stage.finished(await stage.exports.start(stage.accountId, stage.settings()));
});
afterAll(() => stage.close());

interface Checked {
  present: number;
  missing: number;
  unknown: number;
  doubled: number;
  repeated: number;
  calls: CheckedCall[];
}

async function check(line = 'check --json') {
  const { exitCode, stdout } = await run(line);
  return { exitCode, ...(JSON.parse(stdout) as Checked) };
}
const talks = () => stage.sandbox.speechsense.talks();
const nth = (index: number) => {
  const talk = talks()[index];
  if (!talk) throw new Error(`there is no talk ${index}`);
  return talk;
};
const lose = (talkId: string) => stage.control('speechsense', 'DELETE', `/talks?id=${talkId}`);

async function query<Row>(text: string): Promise<Row[]> {
  const db = openDatabase(stage.environment['DATABASE_URL'] ?? '');
  try {
    return (await sql<Row>`${sql.raw(text)}`.execute(db)).rows;
  } finally {
    await db.destroy();
  }
}

/** Uploads a talk's metadata once more, past the ledger. */
async function double(talkId: string): Promise<string> {
  const { address } = stage.sandbox.speechsense;
  const speechSense = createSpeechSense({ address, tls: false });
  const { fields } = talks().find(({ id }) => id === talkId) ?? { fields: {} };
  const audio = Buffer.from('RIFF');
  const doubled = await speechSense.upload(
    {
      connectionId: stage.sandbox.connectionId,
      apiKey: stage.sandbox.apiKey,
      fields,
      audio: { container: 'wav', sizeBytes: audio.length, chunks: () => Readable.from([audio]) },
      signal: new AbortController().signal,
    },
    { beforeCommit: () => Promise.resolve() },
  );
  speechSense.close();
  return doubled.talkId;
}

test('an export that went well is all there, and costs a handful of requests', async () => {
  const before = stage.sandbox.speechsense.counters().calls;
  const { exitCode, ...totals } = await check();
  expect(totals).toMatchObject({ present: recordedCalls(stage), missing: 0, unknown: 0, doubled: 0, calls: [] });
  expect(exitCode).toBe(0);
  const { calls } = stage.sandbox.speechsense.counters();
  expect((calls['Search'] ?? 0) - (before['Search'] ?? 0)).toBe(1);
  expect((calls['Get'] ?? 0) - (before['Get'] ?? 0)).toBe(1);
});

test('a period without exports is said to be one', async () => {
  const { exitCode, stdout } = await run('check --from 2020-01-01 --to 2020-01-02 --lang ru');
  expect(stdout).toContain('За этот период ничего не выгружалось');
  expect(exitCode).toBe(0);
  expect((await run('check --lang ru')).stdout).not.toContain('ничего не выгружалось');
});

test('what is gone, doubled or too young to tell is named, call by call', async () => {
  const byCommit = await query<{ talk_id: string }>('select talk_id from talks order by committed_at desc');
  const fromLast = (index: number) => talks().find(({ id }) => id === byCommit[index]?.talk_id) ?? nth(0);
  // What was committed twenty times the least age ago needs no larger witness.
  await query("update talks set committed_at = committed_at - interval '1 minute'");
  const [youngest, gone, twice] = [fromLast(0), fromLast(8), fromLast(4)];
  const second = await double(twice.id);
  await lose(gone.id);
  // Of the last one committed nobody can tell whether it is gone or not indexed yet.
  await lose(youngest.id);
  const { exitCode, calls, ...totals } = await check();
  expect(exitCode).toBe(3);
  expect(totals).toMatchObject({ present: recordedCalls(stage) - 3, missing: 1, unknown: 1, doubled: 1 });
  const marks = Object.fromEntries(calls.map(({ noteId, mark, talkIds }) => [noteId, { mark, talkIds }]));
  expect(marks).toEqual({
    [gone.fields.call_id ?? '']: { mark: '-', talkIds: [gone.id] },
    [twice.fields.call_id ?? '']: { mark: '2', talkIds: [twice.id, second] },
    [youngest.fields.call_id ?? '']: { mark: '?', talkIds: [youngest.id] },
  });

  const { stdout } = await run('check --lang en');
  expect(stdout).toContain(`- ${gone.fields.call_id} ${gone.id}\n`);
  expect(stdout).toContain(`2 ${twice.fields.call_id} ${twice.id} ${second}\n`);
  expect(stdout).toMatch(/= there \d+ · - not found 1 · \? not checked 1 · 2 more copies than expected 1/);
});

test('a talk that the index may not show yet is not called gone, by its age nor by its size', async () => {
  const { calls } = await check('check --json --all');
  const [gone] = calls.filter(({ mark }) => mark === '-');
  const patiently = commandLine({
    ...stage.environment,
    SPEECHSENSE_READ_SHARE: '100',
    CONFIRM_ABSENT_AFTER_SECONDS: '4500',
  });
  const young = JSON.parse((await patiently('check --json')).stdout) as Checked;
  expect(young).toMatchObject({ missing: 0, unknown: 2 });
  await query("update talks set committed_at = committed_at - interval '2 hours'");
  const talkId = gone?.talkIds[0] ?? '';
  await query(`update talks set bytes = bytes + 100000000 where talk_id = '${talkId}'`);
  expect(JSON.parse((await patiently('check --json')).stdout)).toMatchObject({ missing: 0, unknown: 2 });
  await query(`update talks set bytes = 1 where talk_id = '${talkId}'`);
  expect(JSON.parse((await patiently('check --json')).stdout)).toMatchObject({ missing: 1, unknown: 1 });
});

test('retry --missing sends again what check found gone, and nothing else', async () => {
  const before = talks().length;
  const { exitCode, stdout } = await run('retry --missing --reason recording_expired --watch --json');
  expect(exitCode).toBe(0);
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ExportStatus;
  expect(last.calls).toMatchObject({ found: 1, exported: 1 });
  expectToAddUp(last, await stage.report(last.exportId));
  expect(talks()).toHaveLength(before + 1);
  const { missing, unknown } = await check();
  // One talk that was committed later can be seen now; that is not enough to call the youngest gone.
  expect({ missing, unknown }).toEqual({ missing: 0, unknown: 1 });
});

test('what was sent again by choice is counted apart, and is no talk too many', async () => {
  const calls = recordedCalls(stage);
  const before = await check();
  await stage.ledger.settings.put(stage.accountId, stage.settings({ reExport: true }));
  await run('start --watch --json');
  const { repeated, doubled } = await check();
  // The one whose first talk is gone has no more than one now.
  expect({ repeated, doubled }).toEqual({ repeated: calls - 1, doubled: before.doubled });
  expect((await run('check --lang ru')).stdout).toContain(`Повторных по вашему выбору: ${calls - 1}.`);
  // The choice was for one export.
  expect((await stage.ledger.settings.read(stage.accountId)).settings.reExport).toBe(false);
  const next = JSON.parse((await run('start --watch --json')).stdout.trim().split('\n').at(-1) ?? '') as ExportStatus;
  expect(next.calls).toMatchObject({ exported: 0, skipped: { already_exported: calls } });
});

test('what SpeechSense no longer keeps cannot be told, and nothing is searched for', async () => {
  await query("update talks set committed_at = committed_at - interval '100 days'");
  const before = stage.sandbox.speechsense.counters().calls['Search'];
  const { present, missing, unknown } = await check();
  expect({ present, missing, unknown }).toEqual({ present: 0, missing: 0, unknown: recordedCalls(stage) });
  expect(stage.sandbox.speechsense.counters().calls['Search']).toBe(before);
});

test('a ledger that has lost what was sent takes it in again, each call once, and lets exports go on', async () => {
  await query('delete from talks');
  await query("update accounts set lineage = '-'");
  const exportId = await stage.exports.start(stage.accountId, stage.settings());
  await waitFor(
    async () => (await stage.exports.status(stage.accountId, exportId)).blockedBy === 'ledger_failed_over',
    {
      what: 'the export to be blocked',
    },
  );
  await query("update accounts set failed_over_at = now() - interval '1 hour'");
  const before = talks().length;
  const calls = new Set(talks().map(({ fields }) => fields['call_id']));
  const { stdout } = await run('check --adopt --json');
  const { adopted } = JSON.parse(stdout) as { adopted: { talkIds: string[]; againInSeconds: number } };
  expect(adopted.talkIds).toHaveLength(calls.size);
  expect(adopted.againInSeconds).toBe(0);
  await stage.exports.resume(stage.accountId);
  expect(await stage.finished(exportId)).toMatchObject({ state: 'completed' });
  expect(new Set(talks().map(({ fields }) => fields['call_id'])).size).toBe(recordedCalls(stage));
  expect(talks().length - before).toBe(recordedCalls(stage) - calls.size);
});
