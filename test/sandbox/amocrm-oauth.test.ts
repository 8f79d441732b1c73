import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { IDENTITY } from '../../sandbox/identity.ts';
import { openAccount, type Reply, type TestAccount } from './amocrm-sandbox.ts';

const pairSchema = z.object({
  token_type: z.literal('Bearer'),
  expires_in: z.literal(86_400),
  server_time: z.number(),
  access_token: z.string(),
  refresh_token: z.string(),
});

const client = {
  client_id: IDENTITY.clientId,
  client_secret: IDENTITY.clientSecret,
  redirect_uri: IDENTITY.redirectUri,
};

let account: TestAccount;

beforeEach(async () => {
  account = await openAccount({ calls: 0 });
});

afterEach(async () => {
  await account.close();
});

function exchange(code: string): Promise<Reply> {
  return account.post('/oauth2/access_token', { ...client, grant_type: 'authorization_code', code });
}

function refresh(refreshToken: string): Promise<Reply> {
  return account.post('/oauth2/access_token', { ...client, grant_type: 'refresh_token', refresh_token: refreshToken });
}

async function firstPair() {
  return pairSchema.parse((await exchange(account.amocrm.account.tokens.issueCode())).json());
}

async function status(accessToken: string): Promise<number> {
  return (await account.get('/account', { Authorization: `Bearer ${accessToken}` })).status;
}

describe('the token endpoint', () => {
  test('gives a pair for a code, once and within 20 minutes', async () => {
    const code = account.amocrm.account.tokens.issueCode();
    const pair = pairSchema.parse((await exchange(code)).json());
    expect(await status(pair.access_token)).toBe(200);
    expect((await exchange(code)).status).toBe(401);

    const late = account.amocrm.account.tokens.issueCode();
    account.clock.advance(20 * 60);
    expect((await exchange(late)).status).toBe(401);
  });

  test('a refresh token works once and brings a new pair', async () => {
    const first = await firstPair();
    const second = pairSchema.parse((await refresh(first.refresh_token)).json());
    expect(second.access_token).not.toBe(first.access_token);
    const again = await refresh(first.refresh_token);
    expect(again.status).toBe(401);
    expect(again.json()).toMatchObject({ hint: 'Token has been revoked', title: 'Некорректный запрос' });
    expect(account.amocrm.account.tokens.counters).toMatchObject({ exchanges: 1, refreshes: 1, refusals: 1 });
  });

  test('an access token dies after 24 hours, a refresh token after three months', async () => {
    const pair = await firstPair();
    account.clock.advance(86_399);
    expect(await status(pair.access_token)).toBe(200);
    account.clock.advance(1);
    expect(await status(pair.access_token)).toBe(401);
    account.clock.advance(90 * 86_400);
    expect((await refresh(pair.refresh_token)).status).toBe(401);
  });

  test.each([
    ['client_id', 'x'],
    ['client_secret', 'x'],
    ['redirect_uri', `${IDENTITY.redirectUri}/`],
  ])('refuses another %s', async (name, value) => {
    const code = account.amocrm.account.tokens.issueCode();
    const body = { ...client, grant_type: 'authorization_code', code, [name]: value };
    const reply = await account.post('/oauth2/access_token', body);
    expect(reply.json()).toMatchObject({ title: 'Некорректный клиент', status: 401 });
  });

  test('takes a form with HTTP Basic as well', async () => {
    const { client_id, client_secret, redirect_uri } = client;
    const code = account.amocrm.account.tokens.issueCode();
    const response = await fetch(`${account.amocrm.url}/oauth2/access_token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri }),
    });
    expect(response.status).toBe(200);
  });

  test('with a dropped answer the refresh token is used up all the same', async () => {
    const pair = await firstPair();
    account.amocrm.faults.set([{ match: '/oauth2/access_token', times: 1, answer: { dropAnswer: true } }]);
    await expect(refresh(pair.refresh_token)).rejects.toThrow();
    expect((await refresh(pair.refresh_token)).status).toBe(401);
    expect(await status(pair.access_token)).toBe(200);
  });
});

describe('access tokens', () => {
  test('look like amoCRM’s', async () => {
    const [header, payload] = (await firstPair()).access_token.split('.').map((part) => Buffer.from(part, 'base64url'));
    expect(JSON.parse(String(header))).toMatchObject({ typ: 'JWT', alg: 'RS256' });
    expect(JSON.parse(String(payload))).toMatchObject({
      aud: IDENTITY.clientId,
      account_id: IDENTITY.accountId,
      api_domain: new URL(account.amocrm.url).host,
      scopes: ['crm', 'notifications'],
    });
  });

  test('a token of one sandbox works in the next', async () => {
    const next = await openAccount({ calls: 0 });
    expect((await next.get('/account', { Authorization: `Bearer ${account.token}` })).status).toBe(200);
    await next.close();
  });
});

describe('consent', () => {
  test('leads to the redirect URI with a code and the state', async () => {
    const page = await account.get(`${account.amocrm.url}/oauth?client_id=${IDENTITY.clientId}&state=s%261`);
    const href = /id="allow" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const target = new URL((await account.get(href)).headers.get('location') ?? '');
    expect(`${target.origin}${target.pathname}`).toBe(IDENTITY.redirectUri);
    expect(target.searchParams.get('state')).toBe('s&1');
    expect(target.searchParams.get('referer')).toBe(new URL(account.amocrm.url).host);
    expect((await exchange(target.searchParams.get('code') ?? '')).status).toBe(200);
  });
});

test('the current domain is told for a live refresh token without using it', async () => {
  const { refresh_token } = await firstPair();
  const url = `${account.amocrm.url}/oauth2/account/current/subdomain`;
  const reply = await account.get(url, { 'X-Refresh-Token': refresh_token });
  expect(reply.json()).toMatchObject({ id: IDENTITY.accountId, domain: new URL(account.amocrm.url).host });
  expect((await refresh(refresh_token)).status).toBe(200);
});
