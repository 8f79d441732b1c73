import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { sql } from 'kysely';
import { createOauth } from '../../amocrm/oauth/oauth.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { startTokenAsker, type TokenAsker, type TokenAskerOptions } from '../support/token-askers.ts';
import { waitFor } from '../support/wait-for.ts';

/** TOKEN_RACES=100 runs the race a hundred times. */
const RACES = Number(process.env['TOKEN_RACES'] ?? 4);
const PROCESSES = 4;
const CALLERS = 13;

let stage: Stage;
let db: Database;
let options: TokenAskerOptions;

/** A new pair by consent, as a person gives it. */
async function authorise(): Promise<void> {
  const { tokens } = stage.sandbox.amocrm.account;
  const { insecureHosts, integration, host } = options;
  const oauth = createOauth({ transport: createAmocrmTransport(), insecureHosts, integration });
  await stage.ledger.tokens.put(stage.accountId, {
    kind: 'oauth',
    ...(await oauth.exchange(host, tokens.issueCode())),
  });
}

const refreshes = () => stage.sandbox.amocrm.account.tokens.counters.refreshes;
const refusals = () => stage.sandbox.amocrm.account.tokens.counters.refusals;
const token = () => stage.ledger.tokens.read(stage.accountId);
const requestsFor = (path: string) => Object.values(stage.sandbox.amocrm.requests.byRoute[path] ?? {});

/** How an access token dies: amoCRM's clock passes its 24 hours, or ours says that it has. */
const DEATHS = {
  'amoCRM refuses it': () => {
    stage.sandbox.clock.advance(86_401);
    return Promise.resolve();
  },
  'it is over by our books': async () => {
    await sql`update tokens set access_until = now() - interval '1 minute'`.execute(db);
  },
  'it is over soon by our books': async () => {
    await sql`update tokens set access_until = now() + interval '10 minutes'`.execute(db);
  },
};

beforeAll(async () => {
  stage = await createStage({
    sandbox: { calls: 0, limits: { requestsPerSecond: null, accountRequestsPerSecond: null } },
  });
  db = openDatabase(stage.environment['DATABASE_URL'] ?? '', { maxConnections: 2 });
  const { clientId, clientSecret, redirectUri, addresses } = stage.sandbox;
  const { host } = new URL(addresses.amocrm);
  options = {
    databaseUrl: stage.environment['DATABASE_URL'] ?? '',
    accountId: stage.accountId,
    host,
    insecureHosts: [host],
    integration: { clientId, clientSecret, redirectUri },
    answerWithinMs: 20_000,
  };
});
beforeEach(authorise);
afterEach(() => stage.sandbox.amocrm.faults.set([]));
afterAll(async () => {
  await db.destroy();
  await stage.close();
});

describe(`${PROCESSES * CALLERS} callers of ${PROCESSES} processes refresh once`, () => {
  let askers: TokenAsker[];
  beforeAll(async () => {
    askers = await Promise.all(Array.from({ length: PROCESSES }, () => startTokenAsker(options)));
  });
  afterAll(() => Promise.all(askers.map((asker) => asker.end())));

  test.each(Object.entries(DEATHS))(
    `when %s, ${RACES} times over`,
    async (_, die) => {
      // Long enough for everybody to run into the refresh that is under way.
      const slow = { match: '/oauth2/access_token', answer: { delayMs: 60 } };
      stage.sandbox.amocrm.faults.set([slow]);
      for (let race = 0; race < RACES; race++) {
        const before = { refreshes: refreshes(), refusals: refusals(), version: (await token())?.version ?? 0 };
        await die();
        const fared = await Promise.all(askers.map((asker) => asker.ask(CALLERS)));
        expect(fared.flat().filter((outcome) => outcome !== 'answered')).toEqual([]);
        expect(fared.flat()).toHaveLength(PROCESSES * CALLERS);
        await waitFor(async () => (await token())?.state === 'active', { what: 'the refresh to be written down' });
        expect({ refreshes: refreshes(), refusals: refusals() }).toEqual({
          refreshes: before.refreshes + 1,
          refusals: before.refusals,
        });
        expect(await token()).toMatchObject({ version: before.version + 1, state: 'active', reason: null });
      }
    },
    60_000 + RACES * 10_000,
  );
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'a command that is told to end (%s) while it refreshes keeps the new pair before',
  async (signal, exitCode) => {
    stage.sandbox.amocrm.faults.set([{ match: '/oauth2/access_token', times: 1, answer: { delayMs: 2_000 } }]);
    await DEATHS['amoCRM refuses it']();
    const { version = 0 } = (await token()) ?? {};
    const program = path.resolve(import.meta.dirname, '../../bin/speechsense-export.mjs');
    const command = spawn(process.execPath, [program, 'users'], {
      env: { PATH: process.env['PATH'], LANG: 'C', ...stage.environment },
      stdio: 'ignore',
    });
    const ended = once(command, 'exit');
    await waitFor(async () => (await token())?.state === 'refreshing', { what: 'the refresh to be sent' });
    command.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    expect(await token()).toMatchObject({ version: version + 1, state: 'active' });
  },
);

describe('a refresh whose answer never comes', () => {
  let askers: TokenAsker[] = [];
  const start = async (more: Partial<TokenAskerOptions> = {}) => {
    const asker = await startTokenAsker({ ...options, ...more });
    askers.push(asker);
    return asker;
  };
  afterEach(async () => {
    await Promise.all(askers.map((asker) => asker.kill9()));
    askers = [];
  });
  const tokenRequests = () => requestsFor('POST /oauth2/access_token').reduce((sum, count) => sum + count, 0);
  const underWay = () =>
    waitFor(async () => (await token())?.state === 'refreshing', { what: 'the marker to be written' });

  test('because its process is killed, holds nobody up and is not sent again: a person is asked', async () => {
    const [killed, other] = await Promise.all([start(), start({ lostAfterMs: 2_000 })]);
    stage.sandbox.amocrm.faults.set([{ match: '/oauth2/access_token', answer: { hang: true } }]);
    await DEATHS['amoCRM refuses it']();
    const before = tokenRequests();
    killed.ask(1).catch(() => undefined);
    await underWay();
    await waitFor(() => tokenRequests() === before + 1, { what: 'the refresh to be sent' });
    await killed.kill9();

    expect(new Set(await other.ask(5))).toEqual(new Set(['amocrm_grant_lost']));
    expect(tokenRequests()).toBe(before + 1);
    expect(await token()).toMatchObject({ state: 'reauth_required', reason: 'amocrm_grant_lost' });

    stage.sandbox.amocrm.faults.set([]);
    await authorise();
    expect(await other.ask(5)).toEqual(Array.from({ length: 5 }, () => 'answered'));
  });

  test.each([
    ['the answer is dropped', { dropAnswer: true } as const],
    ['amoCRM answers 502', { status: 502 } as const],
    ['amoCRM answers half its JSON', { badJson: true } as const],
    ['amoCRM answers 200 with HTML', { status: 200, html: true } as const],
    ['the answer has no end', { endless: true } as const],
  ])(
    '%s: the old access is used while it lives, then a person is asked; the refresh is not repeated',
    async (_, answer) => {
      const asker = await start({ answerWithinMs: 5_000 });
      stage.sandbox.amocrm.faults.set([{ match: '/oauth2/access_token', answer }]);
      await DEATHS['it is over soon by our books']();
      const before = tokenRequests();
      expect(await asker.ask(5)).toEqual(Array.from({ length: 5 }, () => 'answered'));
      await waitFor(async () => (await token())?.state === 'refresh_lost', { what: 'the loss to be written down' });
      expect(await asker.ask(5)).toEqual(Array.from({ length: 5 }, () => 'answered'));

      await DEATHS['amoCRM refuses it']();
      expect(new Set(await asker.ask(5))).toEqual(new Set(['amocrm_grant_lost']));
      expect(tokenRequests()).toBe(before + 1);
      expect(await token()).toMatchObject({ state: 'reauth_required', reason: 'amocrm_grant_lost' });
    },
  );

  test.each([
    ['429', { status: 429, retryAfter: 1 } as const, 'amocrm_throttled'],
    ['403 in HTML', { status: 403, html: true } as const, 'amocrm_blocked'],
  ])('but a %s was none: it is sent again', async (_, answer, code) => {
    const asker = await start();
    stage.sandbox.amocrm.faults.set([{ match: '/oauth2/access_token', times: 1, answer }]);
    await DEATHS['amoCRM refuses it']();
    expect(await asker.ask(1)).toEqual([code]);
    expect(await token()).toMatchObject({ state: 'active' });
    expect(await asker.ask(3)).toEqual(['answered', 'answered', 'answered']);
  });

  test('because its process slept, and comes after all: the pair is kept, and nobody has to act', async () => {
    const [sleepy, other] = await Promise.all([start(), start({ lostAfterMs: 100 })]);
    stage.sandbox.amocrm.faults.set([{ match: '/oauth2/access_token', times: 1, answer: { delayMs: 4_000 } }]);
    await DEATHS['amoCRM refuses it']();
    const late = sleepy.ask(1);
    await underWay();
    await waitFor(async () => (await other.ask(1))[0] === 'amocrm_grant_lost', { what: 'it to be given up' });
    expect(await late).toEqual(['answered']);
    expect(await token()).toMatchObject({ state: 'active', reason: null });
    expect(await other.ask(2)).toEqual(['answered', 'answered']);
  });
});
