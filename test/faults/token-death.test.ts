import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ExportStatus } from '../../client/exports/status.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { commandLine } from '../cli/command-line.ts';
import { createStage, type Stage, type StageOptions } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let stage: Stage;
afterEach(() => stage.close());

/** A quick account: what is measured here is not the pace. */
const QUICK: StageOptions = {
  sandbox: {
    calls: 60,
    talkScale: 0.1,
    limits: { requestsPerSecond: null, accountRequestsPerSecond: null },
  },
  environment: { AMOCRM_REQUESTS_PER_SECOND: '50' },
  pace: { batchSize: 20, lanes: 4, openBatches: 1 },
};

const hostOf = () => new URL(stage.sandbox.addresses.amocrm).host;
const hostsAllowed = () => stage.environment['INSECURE_HOSTS'] ?? '';
const office = () => stage.sandbox.amocrm.account.tokens;

/** Connects the account by a code, as the redirect after a consent page does. */
async function authorise(): Promise<{ stdout: string }> {
  return commandLine(stage.environment)(`account add --host ${hostOf()} --code-stdin --json`, office().issueCode());
}

/** Kills every token once the first request of this kind has been answered. */
function revokeAt(match: RegExp): void {
  const stop = stage.sandbox.amocrm.onAnswer(({ path, search }) => {
    if (!match.test(decodeURIComponent(`${path}${search}`))) return;
    stop();
    office().revokeAll();
  });
}

const blocked = (exportId: string, code = 'amocrm_unauthorized') =>
  waitFor(
    async () => {
      const status = await stage.exports.status(stage.accountId, exportId);
      return status.state === 'blocked' && status.blockedBy === code ? status : undefined;
    },
    { what: `the export to block by ${code}` },
  );

/** Every call with a recording is in SpeechSense once, and the report adds up. */
async function expectWhole(status: ExportStatus): Promise<void> {
  const { calls } = status;
  expect(status).toMatchObject({ state: 'completed', blockedBy: null });
  const skipped = Object.values(calls.skipped).reduce((sum, count) => sum + count, 0);
  expect(calls.found).toBe(calls.planned + skipped);
  expect(calls.planned).toBe(calls.exported + calls.failed + calls.waiting + calls.unconfirmed + calls.remaining);
  expect(calls.exported).toBeGreaterThan(10);
  const rows = await stage.report(status.exportId);
  const talks = rows.flatMap(({ talk_id }) => (talk_id === null ? [] : [talk_id]));
  expect(new Set(talks).size).toBe(calls.exported);
  expect(stage.sandbox.speechsense.counters().uploads.stored).toBe(calls.exported);
}

describe('an export whose token dies is blocked, and goes on by itself once the account is connected again', () => {
  test.each([
    ['in its first step', /\/account/],
    ['in the middle of the listing', /\/leads\/notes/],
    ['while cards are read for metadata', /\/contacts\?/],
  ])('%s', async (_, match) => {
    stage = await createStage(QUICK);
    await authorise();
    await stage.startWorker();
    revokeAt(match);
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    const status = await blocked(exportId);
    expect(status.blockedValues).toMatchObject({ host: hostOf() });
    const before = (await stage.report(exportId)).length;

    expect(JSON.parse((await authorise()).stdout)).toMatchObject({ state: 'connected', resumedExportId: exportId });
    await expectWhole(await stage.finished(exportId));
    expect((await stage.report(exportId)).length).toBeGreaterThanOrEqual(before);
  });

  test('while waiting calls are read again at the end', async () => {
    stage = await createStage({ ...QUICK, environment: { ...QUICK.environment, RECORDING_WAIT_HOURS: '100000' } });
    await stage.startWorker();
    await authorise();
    // The renewed token is refused as well.
    await stage.control('amocrm', 'PUT', '/faults', [{ match: '/notes?filter[id]', answer: { status: 401 } }]);
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    const status = await blocked(exportId);
    expect(status.calls.exported).toBeGreaterThan(10);
    await stage.control('amocrm', 'PUT', '/faults', []);
    // A new long-lived token will do as well.
    const token = office().issueLongLived();
    const added = await commandLine(stage.environment)(`account add --host ${hostOf()} --token-stdin --json`, token);
    expect(JSON.parse(added.stdout)).toMatchObject({ resumedExportId: exportId });
    await expectWhole(await stage.finished(exportId));
  });

  test('and can be stopped instead; the next start does the rest', async () => {
    stage = await createStage(QUICK);
    await authorise();
    await stage.startWorker();
    revokeAt(/\/contacts\?/);
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await blocked(exportId);
    expect(await stage.exports.stop(stage.accountId)).toMatchObject({ state: 'stopped' });
    expect(JSON.parse((await authorise()).stdout)).toEqual({
      accountId: stage.accountId,
      host: hostOf(),
      state: 'connected',
    });
    await expectWhole(await stage.finished(await stage.exports.start(stage.accountId, stage.settings())));
  });
});

describe('what a person has to do is said with its particulars', () => {
  test.each([
    [
      'a right is missing',
      { status: 403, html: false } as const,
      '/leads/notes',
      'amocrm_forbidden',
      'the right to view leads',
    ],
    ['the account is not paid for', { status: 402 } as const, '/leads/notes', 'amocrm_unpaid', 'is not paid for'],
  ])('%s', async (_, answer, match, code, sentence) => {
    stage = await createStage(QUICK);
    await stage.startWorker();
    await stage.control('amocrm', 'PUT', '/faults', [{ match, answer }]);
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await blocked(exportId, code);
    const run = commandLine(stage.environment);
    const shown = await run('status');
    expect(shown.stdout).toContain(sentence);
    expect(shown.stdout).not.toContain('?.');
    await stage.control('amocrm', 'PUT', '/faults', []);
    expect(JSON.parse((await run('resume --json')).stdout)).toMatchObject({ exportId });
    await expectWhole(await stage.finished(exportId));
  });

  test('to whoever asked for a preview, which ends with it: nobody could resume it', async () => {
    stage = await createStage(QUICK);
    await stage.startWorker();
    await stage.control('amocrm', 'PUT', '/faults', [{ match: '/leads/notes', answer: { status: 403, html: false } }]);
    const run = commandLine(stage.environment);
    const refused = await run('preview');
    expect(refused.stderr).toContain('the right to view leads');
    expect(refused.exitCode).toBe(EXIT.notAuthorised);
    await stage.control('amocrm', 'PUT', '/faults', []);
    expect((await run('preview --json')).exitCode).toBe(EXIT.done);
  });
});

describe('an export over the end of its access token', () => {
  test('goes on with a new one, and nobody notices', async () => {
    stage = await createStage(QUICK);
    await authorise();
    await stage.startWorker();
    const stop = stage.sandbox.amocrm.onAnswer(({ path }) => {
      if (!path.includes('/leads/notes')) return;
      stop();
      stage.sandbox.clock.advance(86_401);
    });
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await expectWhole(await stage.finished(exportId));
    expect(office().counters).toMatchObject({ refreshes: 1, refusals: 0 });
    expect(await stage.ledger.tokens.read(stage.accountId)).toMatchObject({ version: 3, state: 'active' });
  });

  test('whose refresh token somebody else has used is blocked, not failed', async () => {
    stage = await createStage(QUICK);
    await authorise();
    const { refresh } = (await stage.ledger.tokens.read(stage.accountId)) ?? {};
    office().refresh(refresh ?? '');
    stage.sandbox.clock.advance(86_401);
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await blocked(exportId);
    expect(await stage.ledger.tokens.read(stage.accountId)).toMatchObject({ state: 'reauth_required' });
    await authorise();
    await stage.finished(exportId);
  });

  test('whose refresh lost its answer is blocked for that reason', async () => {
    stage = await createStage(QUICK);
    await authorise();
    stage.sandbox.clock.advance(86_401);
    await stage.control('amocrm', 'PUT', '/faults', [
      { match: '/oauth2/access_token', times: 1, answer: { dropAnswer: true } },
    ]);
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await blocked(exportId, 'amocrm_grant_lost');
    await authorise();
    await stage.finished(exportId);
    expect(office().counters.refreshes).toBe(1);
  });
});

describe('an account that is renamed', () => {
  const renamed = () => hostOf().replace('127.0.0.1', 'localhost');

  /** amoCRM gives the account another host, and at the former one answers as it does for those that are gone. */
  const rename = (formerStatus: 401 | 404) =>
    stage.sandbox.amocrm.account.domain.rename({ domain: renamed(), subdomain: 'renamed', formerStatus });

  beforeEach(async () => {
    stage = await createStage(QUICK);
    stage.environment['INSECURE_HOSTS'] = `${hostsAllowed()},${renamed()}`;
  });

  test.each([
    ['consent', 401],
    ['consent', 404],
    ['a long-lived token', 401],
    ['a long-lived token', 404],
  ] as const)('and was connected by %s is found again (its old host answers %d); its data stay', async (by, status) => {
    if (by === 'consent') await authorise();
    await stage.startWorker();
    const stop = stage.sandbox.amocrm.onAnswer(({ path }) => {
      if (!path.includes('/leads/notes')) return;
      stop();
      rename(status);
    });
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await expectWhole(await stage.finished(exportId));
    expect(await stage.ledger.accounts.list()).toMatchObject([{ accountId: stage.accountId, host: renamed() }]);
    expect(await stage.ledger.tokens.read(stage.accountId)).toMatchObject({ state: 'active' });
  });

  test('and which amoCRM does not find by its token is blocked until its new host is given', async () => {
    await stage.control('amocrm', 'PUT', '/faults', [{ match: '/oauth2/account', answer: { status: 404 } }]);
    rename(404);
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    expect(await blocked(exportId, 'amocrm_account_moved')).toMatchObject({ blockedValues: { host: hostOf() } });
    const add = `account add --host ${renamed()} --token-stdin --json`;
    expect(JSON.parse((await commandLine(stage.environment)(add, stage.sandbox.token)).stdout)).toMatchObject({
      resumedExportId: exportId,
    });
    await expectWhole(await stage.finished(exportId));
  });
});
