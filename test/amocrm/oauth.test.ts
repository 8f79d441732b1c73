import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readClaims } from '../../amocrm/oauth/access-token-claims.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { createOauth, type Oauth } from '../../amocrm/oauth/oauth.ts';
import { askForTokens } from '../../amocrm/oauth/token-endpoint.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { FaultRule } from '../../sandbox/amocrm/faults.ts';
import { IDENTITY } from '../../sandbox/identity.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { type OwnServer, ownServer } from './account-reader.ts';

const { clientId, clientSecret, redirectUri } = IDENTITY;
const INTEGRATION = { clientId, clientSecret, redirectUri };
const sample = (name: string) => readFileSync(path.join(import.meta.dirname, 'payloads', `${name}.json`), 'utf8');
const jwt = (payload: unknown) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`;

function oauthFor(hosts: string[], integration = INTEGRATION): Oauth {
  return createOauth({ transport: createAmocrmTransport(), insecureHosts: hosts, integration, answerWithinMs: 3_000 });
}

/** What an exchange ends with, which must be an error of ours that says nothing it must not. */
async function failure(work: Promise<unknown>): Promise<ExportError> {
  const error: unknown = await work.then(
    () => new Error('it was granted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ExportError)) throw error;
  const said = JSON.stringify([error, error.message, error.stack, error.cause]);
  expect(said).not.toMatch(/def502|secret-code|sandboxClientSecret/);
  return error;
}

describe('the consent page', () => {
  test.each([
    ['example.amocrm.ru', 'https://www.amocrm.ru/oauth'],
    ['example.kommo.com', 'https://www.kommo.com/oauth'],
    ['example.amocrm.com', 'https://www.kommo.com/oauth'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/oauth'],
  ])('of %s is %s, with the client id and the state', (host, page) => {
    const url = new URL(oauthFor(['127.0.0.1:8080']).consentUrl(host, 's&1'));
    expect(`${url.origin}${url.pathname}`).toBe(page);
    expect(Object.fromEntries(url.searchParams)).toEqual({ client_id: clientId, state: 's&1', mode: 'post_message' });
  });

  test('needs the integration, and a host of amoCRM’s', () => {
    const without = createOauth({ transport: createAmocrmTransport(), insecureHosts: [], integration: undefined });
    expect(() => without.consentUrl('example.amocrm.ru', 's')).toThrow(/AMOCRM_CLIENT_ID/);
    expect(() => oauthFor([]).consentUrl('amocrm.ru.evil.example', 's')).toThrow(/not an amoCRM address/);
  });
});

describe('a code', () => {
  let account: TestAccount;
  let host: string;
  let oauth: Oauth;
  beforeAll(async () => {
    account = await openAccount({ calls: 0 });
    ({ host } = new URL(account.amocrm.url));
    oauth = oauthFor([host]);
  });
  afterEach(() => account.amocrm.faults.set([]));
  afterAll(() => account.close());
  const code = () => account.amocrm.account.tokens.issueCode();

  test('brings a pair that lets us in and can be refreshed', async () => {
    const first = await oauth.exchange(host, code());
    expect(first.accessSeconds).toBe(86_400);
    expect(readClaims(first.access)).toMatchObject({ accountId: IDENTITY.accountId, apiDomain: host });
    const refreshed = await oauth.refresh(host, first.refresh);
    expect(refreshed).toMatchObject({ kind: 'granted' });
    expect(await oauth.refresh(host, first.refresh)).toEqual({ kind: 'refused' });
  });

  test('used twice, or too old, is refused', async () => {
    const once = code();
    await oauth.exchange(host, once);
    expect(await failure(oauth.exchange(host, once))).toMatchObject({ code: 'amocrm_code_refused', kind: 'auth' });
    const old = code();
    account.clock.advance(20 * 60);
    expect(await failure(oauth.exchange(host, old))).toMatchObject({ code: 'amocrm_code_refused' });
  });

  test.each(['clientId', 'clientSecret', 'redirectUri'] as const)('with another %s says so', async (name) => {
    const other = oauthFor([host], { ...INTEGRATION, [name]: `${INTEGRATION[name]}/` });
    expect(await failure(other.exchange(host, code()))).toMatchObject({ code: 'amocrm_client_refused', kind: 'auth' });
  });

  test.each<[string, FaultRule['answer'], string]>([
    ['403 in HTML', { status: 403, html: true }, 'amocrm_blocked'],
    ['402', { status: 402 }, 'amocrm_unpaid'],
    ['429', { status: 429 }, 'amocrm_throttled'],
    ['404', { status: 404 }, 'amocrm_account_moved'],
    ['500', { status: 500 }, 'amocrm_grant_lost'],
    ['200 in HTML', { status: 200, html: true }, 'amocrm_grant_lost'],
    ['half its JSON', { badJson: true }, 'amocrm_grant_lost'],
    ['a body without an end', { endless: true }, 'amocrm_grant_lost'],
    ['nothing', { hang: true }, 'amocrm_grant_lost'],
    ['a connection that is cut', { dropAnswer: true }, 'amocrm_grant_lost'],
  ])('that amoCRM answers with %s', async (_, answer, expected) => {
    account.amocrm.faults.set([{ answer }]);
    expect(await failure(oauth.exchange(host, code()))).toMatchObject({ code: expected });
  });

  test('for a host where nobody listens was not sent, and may be sent again', async () => {
    const nobody = '127.0.0.1:1';
    expect(await oauthFor([nobody]).refresh(nobody, 'secret-code')).toMatchObject({
      kind: 'not_taken',
      error: { code: 'amocrm_unavailable', kind: 'retryable' },
    });
  });
});

describe('a request for tokens whose connection never stands was not sent, and may be sent again:', () => {
  test.each<[string, (socket: Socket) => unknown]>([
    ['its host is silent', (socket) => socket.resume()],
    ['it is cut in the handshake', (socket) => socket.once('data', () => socket.destroy())],
    ['its host speaks no TLS', (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  ])('%s', async (_, meet) => {
    const server = createServer((socket) => void meet(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = askForTokens(createAmocrmTransport(), 'example.amocrm.ru', url, { code: 'secret-code' }, 300);
    expect(await asked).toMatchObject({ kind: 'not_taken', error: { code: 'amocrm_unavailable', kind: 'retryable' } });
    server.close();
  });

  test('but one whose connection stood may have arrived, however soon that was cut', async () => {
    const server = await ownServer((request) => request.destroy());
    const { host } = new URL(server.url);
    expect(await oauthFor([host]).refresh(host, 'secret-code')).toMatchObject({ kind: 'lost' });
    server.close();
  });
});

describe('the client secret', () => {
  let server: OwnServer | undefined;
  afterEach(() => server?.close());
  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
    (server = await ownServer(answer));

  test('goes to no host but amoCRM’s, whatever the referer says', async () => {
    const { url, requests } = await serve((_, response) => response.end('{}'));
    for (const lie of [
      new URL(url).host,
      url,
      `${new URL(url).host}/.amocrm.ru`,
      `x@${new URL(url).host}`,
      'www.amocrm.ru',
      '',
    ]) {
      const refused = await failure(oauthFor([]).exchange(lie, 'secret-code'));
      expect(refused).toMatchObject({ code: 'amocrm_host_forbidden' });
    }
    expect(requests).toEqual([]);
  });

  test('does not follow a redirect', async () => {
    const elsewhere = await ownServer((_, response) => response.end('{}'));
    const { url } = await serve((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
    const { host } = new URL(url);
    expect(await failure(oauthFor([host]).exchange(host, 'secret-code'))).toMatchObject({
      code: 'amocrm_account_moved',
    });
    expect(elsewhere.requests).toEqual([]);
    elsewhere.close();
  });
});

describe('real and documented answers', () => {
  let server: OwnServer | undefined;
  afterEach(() => server?.close());
  const answering = async (status: number, body: string) => {
    server = await ownServer((_, response) => response.writeHead(status).end(body));
    return new URL(server.url).host;
  };

  test.each([
    ['oauth-token-response', 200, { kind: 'granted', pair: { access: 'xxxxxx', refresh: 'xxxxx' } }],
    ['oauth-refresh-response', 200, { kind: 'granted', pair: { access: 'xxxxxx', refresh: 'xxxxx' } }],
    ['error-401-oauth-refresh-reused', 401, { kind: 'refused' }],
    ['error-401-oauth-refresh-reused', 400, { kind: 'refused' }],
    ['error-401-oauth-bad-client', 401, { kind: 'client_refused' }],
  ])('%s with status %d', async (name, status, expected) => {
    const host = await answering(status, sample(name));
    expect(await oauthFor([host]).refresh(host, 'r')).toMatchObject(expected);
  });

  test.each([
    ['Check the `client_id` parameter', 'client_refused'],
    ['Token is not linked to client', 'client_refused'],
    ['Check the `redirect_uri` parameter', 'client_refused'],
    ['Cannot decrypt the refresh token', 'refused'],
    ['Token has expired', 'refused'],
  ])('a refusal with the hint "%s" is about the right thing', async (hint, kind) => {
    const host = await answering(400, JSON.stringify({ hint, title: 'Некорректный запрос', status: 400 }));
    expect(await oauthFor([host]).refresh(host, 'r')).toEqual({ kind });
  });

  test('an access token says whose it is and where to ask for its account', () => {
    const { payload } = JSON.parse(sample('access-token-jwt-claims-composed')) as { payload: unknown };
    expect(readClaims(jwt(payload))).toEqual({
      accountId: 17_079_858,
      apiDomain: 'api-b.amocrm.ru',
      expiresAt: new Date(1_700_086_400_000),
    });
  });

  test.each(['', 'x', 'a.b.c', jwt(null), jwt([]), jwt('text'), jwt({ account_id: 'x', api_domain: 7, exp: 'soon' })])(
    'a token that is no such thing (%p) says nothing',
    (token) => {
      expect(readClaims(token)).toEqual({});
    },
  );

  test('the present host of a renamed account is asked at the domain that the token names, and is checked', async () => {
    // The sample's own domain is a placeholder that no account can have.
    const body = sample('oauth-account-subdomain-current').replace('account_subdomain.', 'account-subdomain.');
    const host = await answering(200, body);
    const tokens = { host, access: jwt({ api_domain: host }), refresh: 'refresh-token' };
    expect(await oauthFor([host]).presentHost(tokens)).toEqual({
      accountId: 123_456,
      host: 'account-subdomain.amocrm.ru',
    });
    expect(server?.requests[0]?.headers['x-refresh-token']).toBe('refresh-token');
    expect(await oauthFor([]).presentHost(tokens)).toBeUndefined();
    expect(server?.requests).toHaveLength(1);
  });

  test('a present host that is none of amoCRM’s is not believed', async () => {
    const host = await answering(200, JSON.stringify({ id: 1, domain: 'evil.example' }));
    const tokens = { host, access: jwt({ api_domain: host }), refresh: 'refresh-token' };
    expect(await oauthFor([host]).presentHost(tokens)).toBeUndefined();
  });
});
