import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { z } from 'zod';
import { UnusableArchiveError } from '../../sandbox/amocrm/shell/widget-archive.ts';
import { IDENTITY } from '../../sandbox/identity.ts';
import { type OwnServer, ownServer } from '../amocrm/account-reader.ts';
import { NOW, openAccount, type TestAccount } from './amocrm-sandbox.ts';

const MANIFEST = {
  widget: {
    name: 'widget.name',
    description: 'widget.description',
    short_description: 'widget.short_description',
    version: '1.2.3',
    interface_version: 2,
    locale: ['ru', 'en'],
    installation: true,
  },
  locations: ['settings', 'advanced_settings'],
  settings: { consent: { name: 'settings.consent', type: 'custom', required: true } },
  advanced: { title: 'advanced.title' },
};

let backend: OwnServer;
let account: TestAccount;

beforeEach(async () => {
  backend = await ownServer((_, response) => response.end());
  account = await openAccount({ calls: 0, redirectUri: `${backend.url}/oauth/callback` });
});

afterEach(async () => {
  await account.close();
  backend.close();
});

function archive(files: Record<string, string> = {}): Uint8Array {
  const texts = JSON.stringify({ widget: { name: 'Пример' } });
  const all = {
    'manifest.json': JSON.stringify(MANIFEST),
    'script.js': 'define([], function () {});',
    'i18n/ru.json': texts,
    'i18n/en.json': texts,
    ...files,
  };
  return zipSync(Object.fromEntries(Object.entries(all).map(([name, text]) => [name, strToU8(text)])));
}

function ask(path: string, body?: unknown, headers: Record<string, string> = {}) {
  const options = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
  return fetch(`${account.amocrm.url}${path}`, options);
}

const stateSchema = z.looseObject({
  widget: z.looseObject({ path: z.string(), settings: z.record(z.string(), z.string()).nullable() }).optional(),
});

async function state() {
  return stateSchema.parse(await (await ask('/shell/state')).json());
}

const tokenSchema = z.object({ token: z.string() });

async function tokenOf(userId: number): Promise<string> {
  return tokenSchema.parse(await (await ask('/shell/disposable-tokens', { userId })).json()).token;
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

describe('an uploaded archive', () => {
  test('is served file by file, never from a cache', async () => {
    account.amocrm.shell.installation.upload(archive({ 'style.css': 'p {}' }));
    const { widget } = await state();
    const answer = await ask(`${widget?.path}/style.css`);
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toBe('p {}');
    expect((await ask(`${widget?.path}/../secret`)).status).not.toBe(200);
  });

  test.each([
    ['no zip', strToU8('<html>'), 'not a zip'],
    ['a folder around its files', zipSync({ 'widget/manifest.json': strToU8('{}') }), 'manifest.json is missing'],
    ['a manifest without its fields', archive({ 'manifest.json': '{}' }), 'manifest.json'],
    ['a translation that is no JSON', archive({ 'i18n/en.json': '{' }), 'i18n/en.json'],
  ])('that is %s is refused, and the one before stays', (_, zip, said) => {
    const { installation } = account.amocrm.shell;
    installation.upload(archive());
    expect(() => installation.upload(zip)).toThrow(UnusableArchiveError);
    expect(() => installation.upload(zip)).toThrow(said);
    expect(installation.widget?.manifest.widget.version).toBe('1.2.3');
  });
});

describe('the buttons of the settings window', () => {
  test('send the install hook when the widget is switched on, not when its settings change', async () => {
    account.amocrm.shell.installation.upload(archive());
    expect((await state()).widget?.settings).toBeNull();
    await ask('/shell/settings', { fields: { consent: '{"accepted":true}' } });
    await ask('/shell/settings', { fields: { consent: '{"accepted":true,"at":"now"}' } });
    expect((await state()).widget?.settings).toEqual({ consent: '{"accepted":true,"at":"now"}' });
    expect(backend.requests.map(({ url }) => url?.split('?')[0])).toEqual(['/oauth/callback']);
  });

  test('send the disconnect hook when it is switched off, and the tokens are dead', async () => {
    account.amocrm.shell.installation.upload(archive());
    await ask('/shell/settings', { fields: {} });
    await ask('/shell/disable', {});
    expect((await state()).widget?.settings).toBeNull();
    expect(backend.requests.at(-1)?.url).toMatch(/^\/oauth\/disconnect\?/);
    expect((await account.get('/account')).status).toBe(401);
  });
});

describe('a disposable token', () => {
  test('says who asks, where and for whom, signed with the client secret', async () => {
    const [administrator] = account.world.operators;
    const token = await tokenOf(administrator.id);
    expect(claimsOf(token)).toMatchObject({
      iss: account.amocrm.url,
      aud: backend.url,
      iat: NOW,
      nbf: NOW,
      exp: NOW + 1_800,
      account_id: IDENTITY.accountId,
      user_id: administrator.id,
      is_admin: true,
      client_uuid: IDENTITY.clientId,
    });
    const [header, claims, signature] = token.split('.');
    const expected = createHmac('sha256', IDENTITY.clientSecret).update(`${header}.${claims}`).digest('base64url');
    expect(signature).toBe(expected);
  });

  test('is another one each time, and says of others that they are no administrators', async () => {
    const operator = account.world.operators[1]?.id ?? 0;
    const [one, other] = [await tokenOf(operator), await tokenOf(operator)];
    expect(one).not.toBe(other);
    expect(claimsOf(one)).toMatchObject({ is_admin: false });
  });

  test('is too old for as many requests as it was told to be', async () => {
    const [{ id }] = account.world.operators;
    await account.amocrm.control('PUT', '/disposable-tokens', { ageSeconds: 3_600, times: 1 });
    expect(claimsOf(await tokenOf(id))).toMatchObject({ exp: NOW - 1_800 });
    expect(claimsOf(await tokenOf(id))).toMatchObject({ exp: NOW + 1_800 });
  });

  test('is given to pages of the account only, and to its present users', async () => {
    const [{ id }] = account.world.operators;
    const elsewhere = { Origin: 'https://elsewhere.example' };
    expect((await ask('/shell/disposable-tokens', { userId: id }, elsewhere)).status).toBe(403);
    const deleted = account.world.operators.find(({ isDeleted }) => isDeleted)?.id;
    expect((await ask('/shell/disposable-tokens', { userId: deleted })).status).toBe(404);
    expect((await ask('/shell/disposable-tokens', { user: 1 })).status).toBe(400);
  });
});

test('the pages come with all that they load', async () => {
  const page = await (await ask('/settings/widgets/')).text();
  const addresses = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, address]) => address ?? '');
  expect(addresses.length).toBeGreaterThan(2);
  for (const address of [...addresses, '/shell/page/lib/jquery.js', '/shell/page/fonts/pt-sans-latin-400.woff2']) {
    expect([address, (await ask(address)).status]).toEqual([address, 200]);
  }
  expect(await (await ask('/shell/page/element.ts')).text()).not.toContain('interface');
  expect((await ask('/shell/page/tsconfig.json')).status).toBe(404);
});
