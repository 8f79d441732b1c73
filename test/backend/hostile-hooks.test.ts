import { createHmac } from 'node:crypto';
import http from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type OwnServer, ownServer } from '../amocrm/account-reader.ts';
import { createBackendStage, startBackend, type TestBackendOptions, widgetOf } from '../support/backend.ts';
import type { Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let stage: Stage;
let host: string;
let liar: OwnServer;

beforeAll(async () => {
  const limits = { requestsPerSecond: null, accountRequestsPerSecond: null };
  // A name under amoCRM's domain that is no account; here it has to be let through by its port.
  liar = await ownServer((_, response) => response.end('<html>a blog</html>'));
  stage = await createBackendStage({ sandbox: { calls: 20, limits } });
  host = new URL(stage.sandbox.addresses.amocrm).host;
});
afterAll(async () => {
  liar.close();
  await stage.close();
});
beforeEach(() => stage.sandbox.amocrm.account.tokens.restore());
afterEach(() => stage.sandbox.amocrm.faults.set([]));

async function withBackend(options: TestBackendOptions, work: (ask: ReturnType<typeof widgetOf>) => Promise<void>) {
  const { INSECURE_HOSTS = '' } = stage.environment;
  const environment = { INSECURE_HOSTS: `${INSECURE_HOSTS},${new URL(liar.url).host},nobody.invalid:1` };
  const backend = await startBackend(stage, { ...options, environment: { ...environment, ...options.environment } });
  try {
    await work(widgetOf(backend.url, stage.sandbox));
  } finally {
    await backend.close();
  }
}

/** What anybody can send: an install hook. @returns the status of its answer. */
function hook(referer: string, { from, forwarded }: { from?: string; forwarded?: string } = {}): Promise<number> {
  const query = new URLSearchParams({ code: 'def502', from_widget: '1', platform: '1', referer });
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return new Promise((resolve, reject) => {
    const url = `${stage.sandbox.redirectUri}?${query.toString()}`;
    const request = http.get(url, { headers, ...(from === undefined ? {} : { localAddress: from }) }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    request.on('error', reject);
  });
}

const exchanges = () =>
  Object.values(stage.sandbox.amocrm.requests.byRoute['POST /oauth2/access_token'] ?? {}).reduce((a, b) => a + b, 0);
const tally = (statuses: number[], status: number) => statuses.filter((one) => one === status).length;

describe('install hooks of a stranger', () => {
  test('take no turn before an administrator’s requests, and soon give up', () =>
    withBackend({}, async (ask) => {
      const before = exchanges();
      const hooks = Promise.all(Array.from({ length: 120 }, (_, n) => hook(host, { from: `127.0.0.${2 + (n % 8)}` })));
      await waitFor(() => Promise.resolve(exchanges() > before), { what: 'the first hook to reach amoCRM' });
      expect(await ask('GET /api/users')).toMatchObject({ status: 200 });
      // The page's own requests (who asks, and what) had a turn each before most of what was there already.
      expect(exchanges() - before).toBeLessThan(20);
      await hooks;
      await waitFor(() => Promise.resolve(exchanges() - before < 30), { what: 'the hooks to have given up' });
    }));

  test('reach one account a few times a minute, however its host is spelt and from wherever they come', () =>
    withBackend({ limits: { installsPerHost: 3 } }, async () => {
      const spelt = [host, `http://${host}`, `${host}/`, ` ${host} `, `HTTP://${host}//`, host];
      const statuses = [];
      for (const [n, referer] of spelt.entries()) statuses.push(await hook(referer, { from: `127.0.0.${2 + n}` }));
      expect(statuses).toEqual([409, 409, 409, 429, 429, 429]);
    }));

  test('are bounded in all', () =>
    withBackend({ limits: { installs: 2 } }, async () => {
      const statuses = [];
      for (const n of [2, 3, 4]) statuses.push(await hook(`127.0.0.1:${n}`, { from: `127.0.0.${n}` }));
      expect(statuses).toEqual([400, 400, 429]);
    }));

  test('from the addresses of one IPv6 network count as one sender’s', () =>
    withBackend({ limits: { installsPerIp: 2 }, environment: { TRUSTED_PROXIES: '1' } }, async () => {
      const statuses = [];
      for (const n of [1, 2, 3, 4]) statuses.push(await hook(host, { forwarded: `2001:db8:0:1:${n}::${n}` }));
      statuses.push(await hook(host, { forwarded: '2001:db8:0:2::1' }));
      statuses.push(
        await hook(host, { forwarded: '::ffff:203.0.113.9' }),
        await hook(host, { forwarded: '203.0.113.9' }),
      );
      statuses.push(await hook(host, { forwarded: '203.0.113.9' }));
      expect(statuses).toEqual([409, 409, 429, 429, 409, 409, 409, 429]);
    }));

  test('to hosts that are no account of ours stand in one line, a request to which of them ever', () =>
    withBackend({}, async () => {
      const statuses = await Promise.all(Array.from({ length: 60 }, () => hook('nobody.invalid:1')));
      // Those whose turn did not come within two seconds had not asked anybody.
      expect(tally(statuses, 200) + tally(statuses, 429)).toBeGreaterThan(20);
    }));

  test('take the client secret to no host that does not answer as amoCRM does', () =>
    withBackend({}, async () => {
      expect(await hook(new URL(liar.url).host)).toBe(400);
      expect(liar.requests.map(({ method, url }) => [method, url])).toEqual([['GET', '/api/v4/account']]);
    }));
});

test('a disconnect hook that is sent again and again asks amoCRM once, then rests', () =>
  withBackend({}, async () => {
    const signature = createHmac('sha256', stage.sandbox.clientSecret)
      .update(`${stage.sandbox.clientId}|${stage.accountId}`)
      .digest('hex');
    const account = String(stage.accountId);
    const query = new URLSearchParams({ account_id: account, client_uuid: stage.sandbox.clientId, signature });
    const looks = () =>
      Object.values(stage.sandbox.amocrm.requests.byRoute['GET /api/v4/account'] ?? {}).reduce((a, b) => a + b, 0);
    const before = looks();
    const replay = () => fetch(`${new URL(stage.sandbox.redirectUri).origin}/oauth/disconnect?${query.toString()}`);
    await Promise.all(Array.from({ length: 20 }, replay));
    await waitFor(() => Promise.resolve(looks() > before), { what: 'the look at the account' });
    await Promise.all(Array.from({ length: 20 }, replay));
    expect(looks() - before).toBe(1);
  }));
