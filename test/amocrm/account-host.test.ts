import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { assertAccountHost } from '../../amocrm/oauth/account-host.ts';
import { accountAddress } from '../../amocrm/http/host.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { openAccount } from '../sandbox/amocrm-sandbox.ts';
import { type OwnServer, ownServer } from './account-reader.ts';

let server: OwnServer | undefined;
afterEach(() => server?.close());

const look = (url: string) => {
  const { host } = new URL(url);
  return assertAccountHost(createAmocrmTransport(), accountAddress(host, [host]), 3_000);
};

/** Looks at a server that answers so. */
async function answered(status: number, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  server = await ownServer((_, response: ServerResponse) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await look(server.url);
}

const PROBLEM = { title: 'Unauthorized', type: 'https://httpstatus.es/401', status: 401, detail: 'Неверный логин' };

describe('a host that a secret is to go to', () => {
  test('is an account where its API refuses a request without a token', async () => {
    const account = await openAccount({ calls: 0 });
    try {
      await look(account.amocrm.url);
    } finally {
      await account.close();
    }
  });

  test('is asked without any secret', async () => {
    await answered(401, PROBLEM);
    expect(server?.requests.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['GET', '/api/v4/account', undefined],
    ]);
  });

  test.each<[string, number, unknown, Record<string, string>]>([
    ['a page', 200, '<html>blog</html>', {}],
    ['the account without being asked for a token', 200, { id: 1, name: 'x' }, {}],
    ['a login page', 401, '<html>401</html>', { 'www-authenticate': 'Basic realm="x"' }],
    ['a blog’s API', 401, { code: 'rest_forbidden', message: 'no', data: { status: 401 } }, {}],
    ['a 401 that says another number', 401, { ...PROBLEM, status: 403 }, {}],
    ['a redirect', 302, '', { location: 'https://example.com/' }],
    ['nothing', 204, '', {}],
    ['half a JSON', 401, '{"title":"Unauthorized","status":401', {}],
    ['a list', 401, [PROBLEM], {}],
  ])('is none where it answers %s', async (_, status, body, headers) => {
    await expect(answered(status, body, headers)).rejects.toMatchObject({ code: 'amocrm_host_forbidden' });
  });

  test.each([
    [404, '', 'amocrm_account_moved'],
    [402, { ...PROBLEM, title: 'Payment Required', status: 402 }, 'amocrm_unpaid'],
    [429, '', 'amocrm_throttled'],
    [403, '<html>blocked</html>', 'amocrm_blocked'],
    [502, '<html>bad gateway</html>', 'amocrm_unavailable'],
  ])('that answers %i with %j says so', async (status, body, code) => {
    await expect(answered(status, body)).rejects.toMatchObject({ code });
  });

  test('that is not reached says so', async () => {
    await expect(look('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'amocrm_unavailable' });
  });
});
