import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { IDENTITY } from '../../sandbox/identity.ts';
import { type OwnServer, ownServer } from '../amocrm/account-reader.ts';
import { sampleText } from '../amocrm/sample.ts';
import { openAccount, type TestAccount } from './amocrm-sandbox.ts';

let backend: OwnServer;
let account: TestAccount;
/** What the backend does with a hook. */
let answers: boolean;

beforeEach(async () => {
  answers = true;
  backend = await ownServer((_, response) => {
    if (answers) response.writeHead(500).end();
  });
  account = await openAccount({ calls: 0, redirectUri: `${backend.url}/oauth/callback` });
});

afterEach(async () => {
  await account.close();
  backend.close();
});

function lastHook(): URL {
  return new URL(backend.requests.at(-1)?.url ?? '', backend.url);
}

/** Names of the parameters that the published example of this request has. */
function documented(start: string): string[] {
  const line = sampleText('oauth-redirect-examples.txt').split('\n').find((one) => one.includes(start)) ?? ''; // prettier-ignore
  const query = line.replace(/^GET [^?]+\?/, '');
  return query.replace(/\(.*\)/, '').split('&').map((pair) => pair.split('=')[0] ?? '').sort(); // prettier-ignore
}

async function token(code: string) {
  return account.post('/oauth2/access_token', {
    client_id: IDENTITY.clientId,
    client_secret: IDENTITY.clientSecret,
    redirect_uri: `${backend.url}/oauth/callback`,
    grant_type: 'authorization_code',
    code,
  });
}

describe('switching the integration on', () => {
  test('sends a code to the redirect URI, whatever comes back', async () => {
    const { body } = await account.amocrm.control('POST', '/integration/install', undefined);
    expect(body).toMatchObject({ outcome: 'answered', status: 500 });
    expect(backend.requests).toHaveLength(1);
    const hook = lastHook();
    expect([...hook.searchParams.keys()].sort()).toEqual(documented('from_widget'));
    expect(hook.pathname).toBe('/oauth/callback');
    expect(hook.searchParams.get('referer')).toBe(new URL(account.amocrm.url).host);
    expect((await token(hook.searchParams.get('code') ?? '')).status).toBe(200);
  });

  test('gives up a silent backend and does not ask again', async () => {
    answers = false;
    const { body } = await account.amocrm.control('POST', '/integration/install', { timeoutMs: 300 });
    expect(body).toMatchObject({ outcome: 'timed out', status: null });
    backend.close();
    const gone = await account.amocrm.control('POST', '/integration/install', undefined);
    expect(gone.body).toMatchObject({ outcome: 'unreachable' });
    // A machine that is busy may not even have seen the first one.
    expect(backend.requests.length).toBeLessThanOrEqual(1);
  });
});

describe('switching it off', () => {
  test('kills codes and tokens and tells so with a signature', async () => {
    const code = account.amocrm.account.tokens.issueCode();
    await account.amocrm.control('POST', '/integration/disable', undefined);
    const hook = lastHook();
    expect(hook.pathname).toBe('/oauth/disconnect');
    expect([...hook.searchParams.keys()].sort()).toEqual(documented('/oauth/disconnect'));
    const signed = `${IDENTITY.clientId}|${IDENTITY.accountId}`;
    expect(hook.searchParams.get('signature')).toBe(createHmac('sha256', IDENTITY.clientSecret).update(signed).digest('hex')); // prettier-ignore
    expect((await account.get('/account')).status).toBe(401);
    expect((await token(code)).status).toBe(401);
  });

  test('switched on again, a new code works', async () => {
    await account.amocrm.control('POST', '/integration/disable', { uri: `${backend.url}/elsewhere` });
    expect(lastHook().pathname).toBe('/elsewhere');
    await account.amocrm.control('POST', '/integration/install', undefined);
    expect((await token(lastHook().searchParams.get('code') ?? '')).status).toBe(200);
  });
});

test('consent and refusal redirect with the documented parameters; an unknown integration is not offered', async () => {
  const page = await account.get(`${account.amocrm.url}/oauth?client_id=${IDENTITY.clientId}&state=s`);
  const links = [...page.text.matchAll(/href="([^"]+)"/g)].map((match) => match[1]?.replaceAll('&amp;', '&') ?? '');
  const targets = await Promise.all(links.map(async (link) => new URL((await account.get(link)).headers.get('location') ?? ''))); // prettier-ignore
  expect(targets.map((target) => [...target.searchParams.keys()].sort())).toEqual([
    documented('code=def502...&state'),
    documented('error='),
  ]);
  expect((await account.get(`${account.amocrm.url}/oauth?client_id=another`)).status).toBe(404);
});

describe('a renamed account', () => {
  const renamed = () => `localhost:${new URL(account.amocrm.url).port}`;
  const at = (host: string, path: string, headers: Record<string, string> = {}) =>
    account.get(`http://${host}${path}`, { Authorization: `Bearer ${account.token}`, ...headers });

  test.each([404, 401])('answers %i at its former host, and as ever at the new one', async (formerStatus) => {
    const former = new URL(account.amocrm.url).host;
    await account.amocrm.control('PUT', '/domain', { domain: renamed(), subdomain: 'newname', formerStatus });
    expect((await at(former, '/api/v4/account')).status).toBe(formerStatus);
    expect((await account.post('/oauth2/access_token', {})).status).toBe(formerStatus);
    const shown = await at(renamed(), '/api/v4/account');
    expect(shown.json()).toMatchObject({ id: IDENTITY.accountId, subdomain: 'newname' });
    expect(shown.text).toContain(`http://${renamed()}/api/v4/account`);
  });

  test('tells its new domain at the api domain, which the token names and which stays', async () => {
    const pair = (await token(account.amocrm.account.tokens.issueCode())).json() as { access_token: string; refresh_token: string }; // prettier-ignore
    await account.amocrm.control('PUT', '/domain', { domain: renamed(), subdomain: 'newname' });
    const claims = JSON.parse(Buffer.from(pair.access_token.split('.')[1] ?? '', 'base64url').toString()) as { api_domain: string }; // prettier-ignore
    const told = { id: IDENTITY.accountId, subdomain: 'newname', domain: renamed(), top_level_domain: 'ru' };
    const current = await at(claims.api_domain, '/oauth2/account/current/subdomain', { 'X-Refresh-Token': pair.refresh_token }); // prettier-ignore
    expect(current.json()).toEqual(told);
    expect((await at(claims.api_domain, '/oauth2/account/subdomain')).json()).toEqual(told);
  });

  test('can be taken back', async () => {
    await account.amocrm.control('PUT', '/domain', { domain: renamed() });
    const { body } = await account.amocrm.control('PUT', '/domain', { domain: null });
    expect(body).toEqual({ domain: new URL(account.amocrm.url).host, subdomain: IDENTITY.subdomain });
    expect((await account.get('/account')).status).toBe(200);
  });
});
