import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createClock, type MovableClock } from '../../sandbox/clock.ts';
import { TWO_CHANNEL_KEYS } from '../../sandbox/speechsense/connection.ts';
import { startSpeechSense, type SpeechSense as Sandbox } from '../../sandbox/speechsense/speechsense-server.ts';
import { callMetadata } from '../../speechsense/uploads/metadata.ts';
import { createSpeechSense, type SpeechSense } from '../../speechsense/speechsense.ts';
import type { UploadRequest } from '../../speechsense/uploads/upload.ts';
import { until } from './until.ts';
import { CHUNK_BYTES, never, uploadRequest } from './upload-request.ts';

const access = { connectionId: 'eag00000000000000001', apiKey: 'AQVN-sandbox-key' };
const commit = { beforeCommit: () => Promise.resolve() };

let sandbox: Sandbox;
let clock: MovableClock;
let speechSense: SpeechSense;

beforeEach(async () => {
  clock = createClock({ startMs: Date.parse('2026-11-22T10:00:00Z'), frozen: true });
  const connection = { id: access.connectionId, keys: { ...TWO_CHANNEL_KEYS, call_id: 'STRING' as const } };
  sandbox = await startSpeechSense({ clock, apiKey: access.apiKey, connection });
  speechSense = createSpeechSense({ address: sandbox.address, tls: false });
});
afterEach(async () => {
  speechSense.close();
  await sandbox.close();
});

/** A WAV header in front, so that the service knows it for audio. */
function call(callId: string, signal?: AbortSignal) {
  const { fields } = callMetadata({
    callId,
    startedAt: new Date('2026-11-01T09:30:00Z'),
    direction: 'incoming',
    operator: { id: '7', name: 'Анна' },
    language: 'ru-RU',
    timeZone: 'Europe/Moscow',
    mapped: { not_in_the_connection: 'dropped' },
  });
  return uploadRequest(3, { ...access, fields, ...(signal && { signal }) });
}

/** The same upload from a source that never comes to its end. */
function unfinished(request: UploadRequest): UploadRequest {
  const { chunks } = request.audio;
  const stuck = async function* () {
    yield* chunks();
    await never();
  };
  return { ...request, audio: { ...request.audio, chunks: stuck } };
}

describe('an upload to the sandbox', () => {
  test('is stored whole and once, half-closed and without a deadline', async () => {
    const { talkId } = await speechSense.upload(call('1'), commit);
    const audio = Buffer.concat([0, 1, 2].map((index) => Buffer.alloc(CHUNK_BYTES, index)));
    expect(sandbox.talks()).toMatchObject([
      { id: talkId, audio: { sha256: createHash('sha256').update(audio).digest('hex') } },
    ]);
    expect(sandbox.counters().uploads).toMatchObject({ stored: 1, halfClosed: 1, withDeadline: 0 });
  });

  test('that is stopped is dropped with its connection and stored by nobody', async () => {
    const stop = new AbortController();
    const uploading = speechSense.upload(unfinished(call('1', stop.signal)), commit);
    uploading.catch(() => undefined);
    await until(() => sandbox.uploads()[0]?.audioBytes === 3 * CHUNK_BYTES);
    stop.abort();
    await expect(uploading).rejects.toMatchObject({ code: 'upload_cut' });
    await until(() => sandbox.counters().uploads.dropped === 1);
    expect(sandbox.counters()).toMatchObject({ talks: 0, uploads: { halfClosed: 0, reset: 0, stored: 0 } });
  });

  test.each([
    ['an error', { kind: 'status', code: 14 }],
    ['an expired deadline', { kind: 'status', code: 4 }],
    ['a dropped connection', { kind: 'drop' }],
    ['a reset', { kind: 'reset', code: 2 }],
    ['a reset for load', { kind: 'reset', code: 11 }],
  ])('whose answer is lost to %s after it was stored is unconfirmed', async (_name, action) => {
    await sandbox.control('PUT', '/faults', [{ at: 'stored', action }]);
    await expect(speechSense.upload(call('1'), commit)).rejects.toMatchObject({ code: 'upload_unconfirmed' });
    expect(sandbox.counters().talks).toBe(1);
  });

  test.each([
    ['an error', { kind: 'status', code: 14 }],
    ['a dropped connection', { kind: 'drop' }],
    ['a reset', { kind: 'reset', code: 2 }],
  ])('that ends by %s in its middle is retryable and not stored', async (_name, action) => {
    await sandbox.control('PUT', '/faults', [{ at: 'mid-stream', afterBytes: 100_000, action, times: 1 }]);
    await expect(speechSense.upload(unfinished(call('1')), commit)).rejects.toMatchObject({
      code: 'speechsense_unavailable',
    });
    expect(sandbox.counters().talks).toBe(0);
    await speechSense.upload(call('1'), commit);
    expect(sandbox.counters().talks).toBe(1);
  });
});

describe('the connection check', () => {
  test('says nothing when all is right, and stores nothing', async () => {
    expect(await speechSense.checkConnection(access)).toBe('seen');
    expect(sandbox.counters()).toMatchObject({ talks: 0, uploads: { begun: 0 } });
  });

  test('names a wrong key and keeps the request id', async () => {
    await expect(speechSense.checkConnection({ ...access, apiKey: 'AQVN-wrong' })).rejects.toMatchObject({
      code: 'speechsense_unauthenticated',
      requestId: expect.stringMatching(/.+/),
    });
  });

  test.each(['not-found', 'invalid-argument'])('names an unknown connection (%s)', async (unknownConnection) => {
    await sandbox.control('PUT', '/behaviour', { unknownConnection });
    await expect(speechSense.checkConnection({ ...access, connectionId: 'eag-other' })).rejects.toMatchObject({
      code: 'speechsense_connection_not_found',
      values: { connectionId: 'eag-other' },
    });
  });

  test('cannot tell where a search wants all four ids, but still names a wrong key', async () => {
    await sandbox.control('PUT', '/behaviour', { searchNeedsAllIds: true });
    expect(await speechSense.checkConnection(access)).toBe('cannot_be_told');
    await expect(speechSense.checkConnection({ ...access, apiKey: 'AQVN-wrong' })).rejects.toMatchObject({
      code: 'speechsense_unauthenticated',
    });
    await speechSense.upload(call('1'), commit);
    expect(sandbox.counters().talks).toBe(1);
  });

  test('names a missing role, a used-up quota and a service that is away', async () => {
    await sandbox.control('PUT', '/behaviour', { access: 'no-role' });
    await expect(speechSense.checkConnection(access)).rejects.toMatchObject({ code: 'speechsense_permission_denied' });
    await sandbox.control('PUT', '/faults', [{ rpc: 'Search', action: { kind: 'status', code: 8 }, times: 1 }]);
    await expect(speechSense.checkConnection(access)).rejects.toMatchObject({ code: 'speechsense_throttled' });
    await sandbox.close();
    await expect(speechSense.checkConnection(access)).rejects.toMatchObject({ code: 'speechsense_unavailable' });
  });
});

describe('talks', () => {
  const date = '2026-11-01T12:30:00+03:00';
  const found = (callIds: string[], keys?: string[]) =>
    speechSense
      .findTalks(
        access,
        callIds.map((call_id) => ({ call_id, date, client_id: '1', operator_id: '7' })),
        keys,
      )
      .then((talkIds) => talkIds.sort());

  test('are found by the call ids that they were sent with, once they are indexed', async () => {
    const first = await speechSense.upload(call('1'), commit);
    const second = await speechSense.upload(call('2'), commit);
    await expect(found(['1'], ['call_id'])).resolves.toEqual([]);
    clock.advance(60);
    await expect(found(['1'], ['call_id'])).resolves.toEqual([first.talkId]);
    await expect(found(['1', '2', '3'], ['call_id'])).resolves.toEqual([first.talkId, second.talkId].sort());
  });

  test('are found by their dates where the connection does not keep call ids, narrowed by what it does keep', async () => {
    const { talkId } = await speechSense.upload(call('1'), commit);
    clock.advance(60);
    await expect(found(['1'])).resolves.toEqual([talkId]);
    await expect(found(['1'], ['operator_id'])).resolves.toEqual([talkId]);
    await expect(found(['1'], ['operator_id', 'client_id'])).resolves.toEqual([]);
  });

  test('of many calls are found with one search for each two hundred of them', async () => {
    const callIds = Array.from({ length: 401 }, (_, index) => String(index));
    await found(callIds, ['call_id']);
    expect(sandbox.counters().calls['Search']).toBe(3);
  });

  test('that cannot be searched for by a key say so, and do not put the connection in doubt', async () => {
    await sandbox.control('PUT', '/behaviour', { unknownFilterKey: 'refuse' });
    await expect(found(['1'], ['client_id', 'no_such_key', 'call_id'])).resolves.toEqual([]);
    await sandbox.control('PUT', `/connections/${access.connectionId}`, { keys: TWO_CHANNEL_KEYS });
    await expect(found(['1'], ['call_id'])).rejects.toMatchObject({ code: 'speechsense_search_refused' });
  });

  test.each(['absent', 'not-found'])(
    'that do not exist are left out of the answer when they are %s',
    async (missingTalk) => {
      const { talkId } = await speechSense.upload(call('1'), commit);
      clock.advance(60);
      await sandbox.control('PUT', '/behaviour', { missingTalk });
      const { talks } = await speechSense.getTalks(access, ['aud-none', talkId, 'aud-nor-this'], ['talk_fields']);
      expect(talks.map((talk) => talk.talkId)).toEqual([talkId]);
    },
  );

  test('that do not exist cost a bounded number of requests, beyond which nothing is said of them', async () => {
    await sandbox.control('PUT', '/behaviour', { missingTalk: 'not-found', quota: null });
    const talkIds = Array.from({ length: 100 }, (_, index) => `aud-none-${index}`);
    const { talks, untold } = await speechSense.getTalks(access, talkIds, ['talk_state']);
    expect(talks).toEqual([]);
    expect(untold.length).toBeGreaterThan(0);
    expect(talkIds).toEqual(expect.arrayContaining(untold));
    expect(sandbox.counters().calls['Get']).toBe(31);
  });

  test('are read back with the keys that the connection kept', async () => {
    const { talkId } = await speechSense.upload(call('1'), commit);
    clock.advance(60);
    const [talk] = (await speechSense.getTalks(access, [talkId], ['talk_fields'])).talks;
    expect(talk).toMatchObject({
      talkId,
      fields: { call_id: '1', operator_name: 'Анна', direction_outgoing: 'false' },
    });
    expect(talk?.createdAt).toBeInstanceOf(Date);
    expect(talk?.fields.client_name).toBe('');
    expect(talk?.fields).not.toHaveProperty('not_in_the_connection');
    await expect(speechSense.getTalks(access, ['aud-none'], ['talk_fields'])).resolves.toEqual({
      talks: [],
      untold: [],
    });
  });
});
