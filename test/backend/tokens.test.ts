import { createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startBackend, createBackendStage, type TestBackend, widgetOf } from '../support/backend.ts';
import { ADMIN_ID, type Claims, claimsOf, disposableToken, OPERATOR_ID, signed } from '../support/disposable-tokens.ts';
import type { Stage } from '../support/stage.ts';
import { ledgerRows } from './ledger-rows.ts';

let stage: Stage;
let backend: TestBackend;
let ask: ReturnType<typeof widgetOf>;

beforeAll(async () => {
  stage = await createBackendStage({ sandbox: { calls: 0 } });
  backend = await startBackend(stage);
  ask = widgetOf(backend.url, stage.sandbox);
});
afterAll(async () => {
  await backend.close();
  await stage.close();
});

const now = () => Math.floor(Date.now() / 1000);
const own = (differing: Claims) => disposableToken(stage.sandbox, differing);
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A token whose signature is a real RS256 one. */
function signedByRsa(claims: Claims): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ typ: 'JWT', alg: 'RS256' })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), keys.privateKey).toString('base64url')}`;
}

const without = (name: string) => {
  const { [name]: _, ...rest } = claimsOf(stage.sandbox);
  return signed(rest, stage.sandbox.clientSecret);
};

const FORGED: [string, () => string, string][] = [
  ['no JWT', () => 'forged', 'token_invalid'],
  ['only dots', () => '..', 'token_invalid'],
  ['binary letters', () => 'a\u00ffb.c.d', 'token_invalid'],
  [
    'alg none, unsigned',
    () => signed(claimsOf(stage.sandbox), 'x', { alg: 'none' }).replace(/[^.]*$/, ''),
    'token_invalid',
  ],
  [
    'alg none with a signature',
    () => signed(claimsOf(stage.sandbox), stage.sandbox.clientSecret, { alg: 'none' }),
    'token_invalid',
  ],
  [
    'HS512 in its header',
    () => signed(claimsOf(stage.sandbox), stage.sandbox.clientSecret, { alg: 'HS512' }),
    'token_invalid',
  ],
  ['RS256 by another key', () => signedByRsa(claimsOf(stage.sandbox)), 'token_invalid'],
  [
    'RS256 in its header over an HS256 signature',
    () => signed(claimsOf(stage.sandbox), stage.sandbox.clientSecret, { alg: 'RS256' }),
    'token_invalid',
  ],
  [
    'HS256 keyed with a public key',
    () =>
      signed(
        claimsOf(stage.sandbox),
        createPublicKey(keys.privateKey).export({ type: 'spki', format: 'pem' }).toString(),
      ),
    'token_invalid',
  ],
  [
    'an embedded key of its own',
    () => signed(claimsOf(stage.sandbox), 'mine', { jwk: { kty: 'oct', k: 'bWluZQ' } }),
    'token_invalid',
  ],
  [
    'a critical header',
    () => signed(claimsOf(stage.sandbox), stage.sandbox.clientSecret, { crit: ['b64'], b64: false }),
    'token_invalid',
  ],
  ['another secret', () => signed(claimsOf(stage.sandbox), 'another'), 'token_invalid'],
  ['an empty secret', () => signed(claimsOf(stage.sandbox), ''), 'token_invalid'],
  ['expired', () => own({ exp: now() - 60, iat: now() - 1000, nbf: now() - 1000 }), 'token_expired'],
  ['not valid yet', () => own({ nbf: now() + 120 }), 'token_invalid'],
  ['issued in the future', () => own({ iat: now() + 300 }), 'token_invalid'],
  ['living longer than amoCRM’s', () => own({ iat: now() - 4000, exp: now() + 90_000 }), 'token_expired'],
  ['another integration’s', () => own({ client_uuid: randomUUID() }), 'token_invalid'],
  ['another backend’s', () => own({ aud: 'https://other.example' }), 'token_invalid'],
  ['an audience with a path', () => own({ aud: `${new URL(stage.sandbox.redirectUri).origin}/api` }), 'token_invalid'],
  ['an issuer that is not its origin', () => own({ iss: 'https://example.amocrm.ru' }), 'token_invalid'],
  ['a NUL in its id', () => own({ jti: 'a\u0000b' }), 'token_invalid'],
  ['half a letter for an id', () => own({ jti: '\ud800' }), 'token_invalid'],
  ['an end in 32,000 years', () => own({ exp: 1e12 }), 'token_invalid'],
  ['an end that no calendar has', () => own({ exp: 1e300 }), 'token_invalid'],
  ['an end in an hour', () => own({ exp: now() + 3600 }), 'token_invalid'],
  ['an account id in words', () => own({ account_id: 'mine' }), 'token_invalid'],
  ['a user id of nothing', () => own({ user_id: 0 }), 'token_invalid'],
];

describe('a token', () => {
  test.each(FORGED)('%s is refused, and changes nothing', async (_, token, code) => {
    const before = await ledgerRows(stage);
    for (const route of ['GET /api/status', 'GET /api/settings', 'POST /api/exports', 'POST /api/consent']) {
      const body = route.startsWith('POST') ? { body: {} } : {};
      const answer = await ask(route, { token: token(), ...body });
      expect([route, answer.status, answer.body]).toMatchObject([route, 401, { error: { code } }]);
    }
    expect(await ledgerRows(stage)).toEqual(before);
  });

  test.each(['iss', 'aud', 'jti', 'iat', 'nbf', 'exp', 'account_id', 'user_id', 'client_uuid'])(
    'without %s is refused',
    async (name) => {
      expect(await ask('GET /api/status', { token: without(name) })).toMatchObject({ status: 401 });
    },
  );

  test('whose audience leaves out the port, or whose ids are texts, is as good', async () => {
    const { protocol, hostname } = new URL(stage.sandbox.redirectUri);
    const { accountId } = stage.sandbox;
    const token = own({ aud: `${protocol}//${hostname}`, account_id: `${accountId}`, user_id: `${ADMIN_ID}` });
    expect(await ask('GET /api/status', { token })).toMatchObject({ status: 200, body: { account: { accountId } } });
  });

  test('that is absent is told apart', async () => {
    const answer = await ask('GET /api/status', { token: null });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'token_missing' } } });
  });

  test('within the leeway of two clocks is taken', async () => {
    const nearly = own({ exp: now() - 10, iat: now() + 10 - 1800, nbf: now() - 100 });
    expect(await ask('GET /api/status', { token: nearly })).toMatchObject({ status: 200 });
    expect(await ask('GET /api/status', { token: own({ nbf: now() + 10, iat: now() + 10 }) })).toMatchObject({
      status: 200,
    });
  });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', ''])(
    'from the origin %p is refused',
    async (origin) => {
      const answer = await ask('GET /api/status', { headers: { origin } });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('whose issuer and origin agree on a host outside amoCRM is refused', async () => {
    const iss = 'https://amocrm.ru.evil.example';
    expect(await ask('GET /api/status', { token: own({ iss }), headers: { origin: iss } })).toMatchObject({
      status: 401,
    });
  });

  test('is good for one change, and for any number of looks', async () => {
    const token = own({});
    expect(await ask('POST /api/consent', { token, body: {} })).toMatchObject({ status: 200 });
    const again = await ask('POST /api/consent', { token, body: {} });
    expect(again).toMatchObject({ status: 401, body: { error: { code: 'token_used' } } });
    expect(await ask('GET /api/status', { token })).toMatchObject({ status: 200 });
  });

  test('used by twenty requests at once lets one of them through', async () => {
    const token = own({});
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('POST /api/consent', { token, body: {} })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  test('of a change that was refused can be used again', async () => {
    const token = own({});
    const connection = { connectionId: stage.sandbox.connectionId, language: 'ru-RU' };
    const stale = await ask('PUT /api/settings', { token, body: { version: 7, settings: {}, connection } });
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'settings_stale' } } });
    expect(await ask('PUT /api/settings', { token, body: { version: 0, settings: {}, connection } })).toMatchObject({
      status: 200,
    });
  });
});

describe('a user', () => {
  test.each([
    ['without an administrator’s rights, whatever the token says', OPERATOR_ID],
    ['whom amoCRM does not know', 4_242],
  ])('%s is refused', async (_, user) => {
    for (const route of ['GET /api/status', 'GET /api/settings', 'POST /api/consent', 'POST /api/exports']) {
      const body = route.startsWith('POST') ? { body: {} } : {};
      const answer = await ask(route, { token: own({ user_id: user, is_admin: true }), ...body });
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 'not_an_administrator' } } });
    }
  });

  test('is asked for once a minute at amoCRM, not at every request', async () => {
    await ask('GET /api/status');
    const before = stage.sandbox.amocrm.requests.total;
    for (let n = 0; n < 5; n++) await ask('GET /api/status');
    expect(stage.sandbox.amocrm.requests.total).toBe(before);
  });

  test('known as an administrator can still act while amoCRM is away; an unknown one cannot', async () => {
    await ask('GET /api/status');
    stage.sandbox.amocrm.account.tokens.revokeAll();
    try {
      expect(await ask('GET /api/settings', { token: own({ user_id: ADMIN_ID }) })).toMatchObject({ status: 200 });
      expect(await ask('GET /api/settings', { token: own({ user_id: 940_375 }) })).toMatchObject({ status: 403 });
      const little = await ask('GET /api/status', { token: own({ user_id: 940_375 }) });
      expect(little).toMatchObject({ status: 200, body: { connection: null, export: null, settingsVersion: 0 } });
    } finally {
      stage.sandbox.amocrm.account.tokens.restore();
    }
  });
});
