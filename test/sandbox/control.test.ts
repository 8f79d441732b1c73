import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { createClock } from '../../sandbox/clock.ts';
import { PortTakenError } from '../../sandbox/listening.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ calls: 60, talkScale: 0.02, clock: createClock({ frozen: true }) });
});

afterAll(async () => {
  await sandbox.close();
});

async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${sandbox.addresses.control}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

function amocrm(path: string): Promise<Response> {
  return fetch(`${sandbox.addresses.amocrm}/api/v4${path}`, { headers: { Authorization: `Bearer ${sandbox.token}` } });
}

describe('the control interface', () => {
  test('counts requests of all parts', async () => {
    await amocrm('/contacts/notes');
    expect((await control('GET', '/counters')).body).toMatchObject({
      amocrm: { byRoute: { 'GET /api/v4/contacts/notes': { 200: 1 } }, peakPerSecond: 1 },
      telephony: expect.anything(),
      speechsense: { talks: 0 },
    });
  });

  test('tells the truth of the world', async () => {
    const { body } = await control('GET', '/world/calls');
    expect(body).toHaveLength(60);
    const [call] = sandbox.world.calls;
    expect((await control('GET', `/world/calls?from=${call?.startedAt}&to=${call?.startedAt}`)).body).toEqual([call]);
  });

  test('the links of notes lead to recordings', async () => {
    const call = sandbox.world.calls.find((one) => one.hasLink && typeof one.noteIds[0] === 'number');
    const note = sandbox.world.notes.get(call?.noteIds[0] ?? 0);
    const link = /http:[^"]+/.exec(JSON.stringify(note?.params))?.[0] ?? '';
    const response = await fetch(link.replace(/\\+$/, ''));
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  test('sets faults of one part without touching the others, and takes them back', async () => {
    const rule = { part: 'amocrm', match: '/users', times: null, answer: { status: 504 } };
    expect((await control('PUT', '/faults', [rule])).status).toBe(200);
    expect((await amocrm('/users')).status).toBe(504);
    expect((await control('DELETE', '/faults')).status).toBe(200);
    expect((await amocrm('/users')).status).toBe(200);
    expect(await control('PUT', '/faults', [{ part: 'amocrm', answer: {} }])).toMatchObject({ status: 400 });
  });

  test('moves the clock', async () => {
    const before = sandbox.clock.nowMs();
    await control('POST', '/clock', { advanceSeconds: 90 });
    expect(sandbox.clock.nowMs() - before).toBe(90_000);
  });

  test('inserts, edits, touches and deletes notes', async () => {
    const insert = { noteType: 'call_in', params: { uniq: 'late-1', duration: 20, link: '' } };
    const { body } = await control('POST', '/world/notes', { insert });
    const noteId = (body as [{ noteIds: [number] }])[0].noteIds[0];
    await control('POST', '/world/notes', [
      { patch: { noteId, params: { call_result: 'ок' } } },
      { touch: { noteIds: [noteId], updatedAt: 1_700_000_000 } },
      { link: { worldId: `n${noteId}` } },
    ]);
    const shown: unknown = await (await amocrm(`/contacts/notes/${noteId}`)).json();
    expect(shown).toMatchObject({ params: { call_result: 'ок', link: expect.stringContaining('http') } });
    await control('POST', '/world/notes', { delete: { noteId } });
    expect((await amocrm(`/contacts/notes/${noteId}`)).status).toBe(204);
  });

  test('revokes tokens, and passes a part’s own requests on', async () => {
    await control('POST', '/tokens/revoke');
    expect((await amocrm('/account')).status).toBe(401);
    await control('POST', '/amocrm/tokens/restore');
    expect((await amocrm('/account')).status).toBe(200);
    expect((await control('GET', '/speechsense/talks')).body).toEqual([]);
    expect((await control('GET', '/nowhere')).status).toBe(404);
  });

  test('a fresh world keeps account and token, and forgets counters', async () => {
    const { accountId } = sandbox;
    expect((await control('POST', '/seed', { seed: 5, calls: 10 })).body).toMatchObject({ seed: 5, calls: 10 });
    expect((await control('GET', '/counters')).body).toMatchObject({ amocrm: { total: 0 } });
    expect(await (await amocrm('/account')).json()).toMatchObject({ id: accountId });
  });

  test('has a page for people', async () => {
    const page = await (await fetch(sandbox.addresses.control)).text();
    expect(page).toContain('<html lang="ru">');
    expect(page).toContain(sandbox.addresses.speechsense);
    expect(page).not.toContain(sandbox.token);
  });
});

test('a taken port is said by its number, and nothing is left running', async () => {
  const port = Number(new URL(sandbox.addresses.amocrm).port);
  await expect(startSandbox({ calls: 0, ports: { control: port } })).rejects.toThrow(PortTakenError);
});

test('closing frees the ports', async () => {
  const other = await startSandbox({ calls: 0 });
  const port = Number(new URL(other.addresses.control).port);
  await fetch(other.addresses.control);
  await other.close();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
});
