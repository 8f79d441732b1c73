import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readXlsx } from 'hucre/xlsx';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExportStatus } from '../../client/exports/status.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { commandLine } from './command-line.ts';

let stage: Stage;
let folder: TemporaryFolder;
let run: ReturnType<typeof commandLine>;
let first: ExportStatus;

beforeAll(async () => {
  folder = await temporaryFolder();
  stage = await createStage({ sandbox: { calls: 60, talkScale: 0.2 } });
  run = commandLine(stage.environment);
  await stage.ledger.settings.put(stage.accountId, stage.settings());
  await stage.startWorker();
  const lie = (name: string, times: number) => ({ times, action: { kind: 'lie', lie: name } });
  await stage.control('telephony', 'PUT', '/faults', [lie('gone', 3), lie('forbidden', 2)]);
  first = lastStatus((await run('start --watch --json')).stdout);
  await stage.control('telephony', 'PUT', '/faults', []);
});
afterAll(async () => {
  await stage.close();
  await folder.remove();
});

function lastStatus(stdout: string): ExportStatus {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ExportStatus;
}

async function written(flags: string): Promise<Record<string, unknown> & { calls: ExportStatus['calls'] }> {
  const { exitCode, stdout, stderr } = await run(`report ${flags} --json`);
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, unknown> & { calls: ExportStatus['calls'] };
}
const statusOf = async (flags = '') => lastStatus((await run(`status --json${flags}`)).stdout);
const file = (name: string) => path.join(folder.path, name);

describe('the report', () => {
  test('of a finished export comes to the totals of its status, in every format', async () => {
    expect(first.failures).toMatchObject({ recording_expired: 3, recording_forbidden: 2 });
    for (const format of ['csv', 'xlsx', 'json']) {
      const { calls, rows } = await written(`--out ${file(`report.${format}`)}`);
      expect(calls).toEqual(first.calls);
      expect(rows).toBe(first.calls.found);
    }
    const csv = (await readFile(file('report.csv'), 'utf8')).trim().split('\r\n');
    const json = JSON.parse(await readFile(file('report.json'), 'utf8')) as unknown[];
    const { sheets } = await readXlsx(await readFile(file('report.xlsx')));
    expect((await stat(file('report.xlsx'))).mode & 0o777).toBe(0o600);
    const lines = [csv.length - 1, json.length, (sheets[0]?.rows.length ?? 0) - 1];
    expect(lines).toEqual([first.calls.found, first.calls.found, first.calls.found]);
  });

  test('takes an ending in capitals, and any ending where the format is given', async () => {
    expect(await written(`--out ${file('REPORT.JSON')}`)).toMatchObject({ format: 'json' });
    expect(await written(`--format csv --out ${file('report.txt')}`)).toMatchObject({ format: 'csv' });
  });

  test('says its sums to people, and reasons in their language', async () => {
    const { stdout } = await run(`report --excel --lang ru --out ${file('excel.csv')}`);
    expect(stdout).toMatch(/^Звонков в .*excel\.csv: 6\d\.\n {2}\d+ отправлено \+ \d+ не отправлено.*пропущено\n$/);
    const text = await readFile(file('excel.csv'), 'utf8');
    expect(text).toMatch(/^\uFEFFcall_id;/);
    expect(text).toContain(';recording_forbidden;;');
    expect(text).toContain('телефония не отдаёт запись');
  });

  test.each([
    ['--format xlsx', /say with --out where to write it/],
    ['--excel --format json', /--excel is about csv/],
    ['--format pdf', /pdf/],
    ['--out report.pdf', /written as xlsx, csv, json, not as \.pdf: change the ending of --out, or say --format/],
    ['--out /nonexistent/deep/a.csv', /^The report cannot be written: there is no folder \/nonexistent\/deep\.\n$/],
    [`--export 00000000-0000-4000-8000-000000000000`, /There is no export/],
  ])('%s is refused with a sentence', async (flags, sentence) => {
    const { exitCode, stderr } = await run(`report ${flags}`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(sentence);
  });
});

describe('retry', () => {
  test.each(['recording_expird', 'already_exported'])('of the reason %s says that there is none', async (reason) => {
    const { exitCode, stderr } = await run(`retry --reason ${reason}`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/no such reason; there are .*recording_expired/);
  });

  test('takes up one reason after another, and leaves the older export’s report as it was', async () => {
    const forbidden = lastStatus((await run('retry --reason recording_forbidden --watch --json')).stdout);
    expect(forbidden.calls).toMatchObject({ found: 2, exported: 2 });
    const expired = lastStatus((await run('retry --reason recording_expired --watch --json')).stdout);
    expect(expired.calls).toMatchObject({ found: 3, exported: 3 });

    const again = await run('retry --reason recording_expired --reason recording_forbidden');
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain('Neither the last export nor its retries left a call of this kind');

    expect((await written(`--export ${first.exportId} --out ${file('old.csv')}`)).calls).toEqual(first.calls);
    expect((await written(`--out ${file('last.csv')}`)).calls).toEqual(expired.calls);
  });

  test('of everything takes up what is still left, once', async () => {
    const left = first.calls.failed - 5 + first.calls.waiting;
    expect(left).toBeGreaterThan(0);
    expect(lastStatus((await run('retry --watch --json')).stdout).calls.found).toBe(left);
    expect(stage.sandbox.speechsense.talks()).toHaveLength(first.calls.exported + 5);
  });
});

describe('the price of a preview', () => {
  const preview = async (more: Record<string, string> = {}) => {
    const { exitCode, stdout, stderr } = await run('preview --re-export --json', '', more);
    expect([exitCode, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as {
      talkSeconds: { planned: number };
      estimate: { roubles: number | null };
      warnings: string[];
    };
  };
  const price = { recognition: 0.25, analytics: 0.75 };
  const tariff = {
    source: 'https://example.com/prices',
    date: '2026-11-01',
    tiers: [{ fromMinutes: 0, roublesPerSecond: price }],
  };

  test('is not known by the tariff as it is shipped, and says where to fill it in', async () => {
    const { estimate, warnings } = await preview();
    expect(estimate.roubles).toBeNull();
    expect(warnings.join()).toMatch(/The price is not known: .*settings.tariff\.json.*TARIFF_FILE/);
  });

  test('is that of the tariff file which the environment names', async () => {
    await writeFile(file('tariff.json'), JSON.stringify(tariff));
    const { estimate, talkSeconds, warnings } = await preview({ TARIFF_FILE: file('tariff.json') });
    expect(estimate.roubles).toBe(talkSeconds.planned);
    expect(estimate.roubles).toBeGreaterThan(0);
    expect(warnings.join()).toMatch(/tariff of 2026-11-01.*how short calls are rounded/);
    const people = await run('preview --re-export --lang ru', '', { TARIFF_FILE: file('tariff.json') });
    expect(people.stdout).toMatch(/SpeechSense возьмёт за неё примерно [\d\s]+₽/);
  });

  test('by a file with mistakes is refused before anything is listed', async () => {
    await writeFile(file('tariff.json'), JSON.stringify({ ...tariff, date: null }));
    for (const TARIFF_FILE of [file('tariff.json'), file('nowhere.json')]) {
      const { exitCode, stderr } = await run('preview', '', { TARIFF_FILE });
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^The tariff file .* cannot be used: (date|ENOENT)/);
    }
  });
});

test('the report of a running export and of a stopped one comes to the totals of their status', async () => {
  await stage.control('telephony', 'PUT', '/faults', [{ after: 20, action: { kind: 'slow', bytesPerSecond: 500 } }]);
  await run('start --re-export');
  // Calls end between the looks; a look without such an end decides.
  const running = await waitFor(
    async () => {
      const before = await statusOf();
      const { calls } = await written(`--out ${file('running.csv')}`);
      const status = await statusOf();
      const still = JSON.stringify(before.calls) === JSON.stringify(status.calls);
      return still && status.calls.exported > 0 && { calls, status };
    },
    { what: 'a moment in which no call ends' },
  );
  expect(running.status.state).toBe('transferring');
  expect(running.status.calls.remaining).toBeGreaterThan(0);
  expect(running.calls).toEqual(running.status.calls);

  const stopped = lastStatus((await run('stop --json')).stdout);
  expect(stopped.state).toBe('stopped');
  expect(stopped.calls.remaining).toBeGreaterThan(0);
  expect((await written(`--out ${file('stopped.csv')}`)).calls).toEqual(stopped.calls);
});
