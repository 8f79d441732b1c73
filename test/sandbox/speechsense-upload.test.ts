import { createHash } from 'node:crypto';

import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import {
  type Bench,
  codeOf,
  CONNECTION,
  MP3,
  MP3_METADATA,
  openBench,
  type StreamMessage,
  TalkClient,
} from './speechsense-client.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});

beforeEach(() => {
  bench.sandbox.reset();
});

afterAll(async () => {
  await bench.close();
});

const METADATA = { metadata: { connectionId: CONNECTION, fields: {} } };
const CHUNK = { audio: { chunk: { data: MP3 } } };

describe('authorization', () => {
  test('a wrong key is UNAUTHENTICATED, in the words of the service and with its request id', async () => {
    const stranger = new TalkClient(bench.sandbox.address, 'another');
    const refusal = await stranger.upload({}).catch((error: unknown) => error as ServiceError);
    stranger.close();
    if (typeof refusal === 'string') throw new Error('A wrong key was let in');
    expect(refusal).toMatchObject({ code: 16, details: 'Token is invalid or has expired.' });
    const details = refusal.metadata.get('grpc-status-details-bin')[0]?.toString();
    expect(details).toContain('type.googleapis.com/google.rpc.RequestInfo');
    expect(details).toMatch(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/);
    expect(bench.sandbox.counters()).toMatchObject({ talks: 0, uploads: { refused: 1 }, refusals: { 16: 1 } });
  });

  test('a wrong key is refused by Search and Get too', async () => {
    const stranger = new TalkClient(bench.sandbox.address, '');
    expect(await codeOf(stranger.search())).toBe(16);
    expect(await codeOf(stranger.get([]))).toBe(16);
    stranger.close();
  });

  test('a right key without a role is PERMISSION_DENIED', async () => {
    await bench.sandbox.control('PUT', '/behaviour', { access: 'no-role' });
    expect(await codeOf(bench.client.upload({}))).toBe(7);
    expect(await codeOf(bench.client.search())).toBe(7);
  });

  test('the key can be replaced, as when a person revokes it', async () => {
    await bench.sandbox.control('PUT', '/api-key', { apiKey: 'new' });
    expect(await codeOf(bench.client.search())).toBe(16);
    await bench.sandbox.control('PUT', '/api-key', { apiKey: 'AQVN-sandbox-key' });
    expect(await codeOf(bench.client.search())).toBeUndefined();
  });
});

describe('UploadAsStream', () => {
  test.each<[string, StreamMessage[]]>([
    ['nothing', []],
    ['audio before metadata', [MP3_METADATA, METADATA, CHUNK]],
    ['no audio metadata', [METADATA, CHUNK]],
    ['metadata twice', [METADATA, METADATA, MP3_METADATA, CHUNK]],
    ['audio metadata twice', [METADATA, MP3_METADATA, MP3_METADATA, CHUNK]],
    ['no audio', [METADATA, MP3_METADATA]],
    ['empty audio', [METADATA, MP3_METADATA, { audio: { chunk: { data: Buffer.alloc(0) } } }]],
    ['no container type', [METADATA, { audio: { audioMetadata: { containerAudio: {} } } }, CHUNK]],
  ])('with %s is INVALID_ARGUMENT and stores nothing', async (_what, messages) => {
    expect(await codeOf(bench.client.stream(messages))).toBe(3);
    expect(bench.sandbox.counters()).toMatchObject({ talks: 0, uploads: { refused: 1, open: 0 } });
  });

  test.each([
    ['not-found', 5],
    ['permission-denied', 7],
    ['invalid-argument', 3],
  ])('to an unknown connection answers as switched: %s', async (unknownConnection, code) => {
    await bench.sandbox.control('PUT', '/behaviour', { unknownConnection });
    const elsewhere = { metadata: { connectionId: 'eag-unknown', fields: {} } };
    expect(await codeOf(bench.client.stream([elsewhere, MP3_METADATA, CHUNK]))).toBe(code);
  });

  test('to an unknown connection is refused while the client still sends', async () => {
    const upload = bench.client.begin();
    await upload.send({ metadata: { connectionId: 'eag-unknown', fields: {} } });
    expect(await codeOf(upload.answer)).toBe(5);
  });

  test('in chunks of any size keeps the hash and size of the whole, and no bytes', async () => {
    const audio = Buffer.concat([MP3, Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))]);
    const chunks = [0, 1, 70_000, 70_001, 300_288].map((from, index, all) => ({
      audio: { chunk: { data: audio.subarray(from, all[index + 1] ?? audio.length) } },
    }));
    await bench.client.stream([METADATA, MP3_METADATA, ...chunks]);
    expect(bench.sandbox.talks()[0]?.audio).toMatchObject({
      sha256: createHash('sha256').update(audio).digest('hex'),
      sizeBytes: audio.length,
      container: 'MP3',
      bytes: undefined,
    });
  });

  test('of the same call twice makes two talks, and the counters show it', async () => {
    const first = await bench.client.upload({ call_id: '1', client_id: 'c', date: '2026-11-01T10:00:00Z' });
    const second = await bench.client.upload({ call_id: '1', client_id: 'c', date: '2026-11-01T10:00:00Z' });
    await bench.client.upload({ call_id: '2' }, Buffer.concat([MP3, MP3]));
    expect(second).not.toBe(first);
    const per = async (by: string): Promise<unknown> =>
      (await bench.sandbox.control('GET', `/talks-per?by=${by}`)).body;
    expect(await per('call')).toEqual({ distinct: 2, doubled: { 1: 2 }, without: 0, counts: { 1: 2, 2: 1 } });
    expect(await per('client-date')).toMatchObject({
      distinct: 1,
      without: 1,
      doubled: { 'c 2026-11-01T10:00:00Z': 2 },
    });
    expect(await per('audio')).toMatchObject({ distinct: 2 });
  });

  test('of a message longer than the limit is RESOURCE_EXHAUSTED', async () => {
    expect(await codeOf(bench.client.upload({}, Buffer.alloc(4 * 1024 * 1024 + 1)))).toBe(8);
  });

  test('of more than 4 hours is INVALID_ARGUMENT', async () => {
    // 8 kbit/s, so that 4 hours are 14.4 MB.
    const header = Buffer.from([0xff, 0xe3, 0x18, 0x04]);
    const hour = { audio: { chunk: { data: Buffer.alloc(3_600_000) } } };
    const send = (...more: StreamMessage[]): Promise<unknown> =>
      bench.client.stream([METADATA, MP3_METADATA, { audio: { chunk: { data: header } } }, hour, hour, hour, ...more]);
    expect(await codeOf(send())).toBeUndefined();
    expect(await codeOf(send(hour))).toBe(3);
  });
});

describe('metadata', () => {
  async function storedFields(sent: Record<string, string>): Promise<Record<string, string> | undefined> {
    await bench.client.upload(sent);
    return bench.sandbox.talks().at(-1)?.fields;
  }

  test('keys that the connection lacks are dropped without a word', async () => {
    expect(await storedFields({ call_id: '7', date_from: '2026-01-01', crm: 'amo' })).toEqual({ call_id: '7' });
  });

  test('a date without an offset is taken for UTC, one with an offset is kept', async () => {
    expect(await storedFields({ date: '2026-11-01T12:56:32.296765' })).toEqual({ date: '2026-11-01T12:56:32.296765Z' });
    expect(await storedFields({ date: '2026-11-01T12:56:32+03:00' })).toEqual({ date: '2026-11-01T12:56:32+03:00' });
  });

  test.each([{ direction_outgoing: '1' }, { score: '4.5' }, { date: 'yesterday' }])(
    'a value that is not of its type is refused, or dropped where switched: %j',
    async (bad) => {
      expect(await codeOf(bench.client.upload(bad))).toBe(3);
      await bench.sandbox.control('PUT', '/behaviour', { badValue: 'drop' });
      expect(await storedFields({ ...bad, language: 'ru-RU' })).toEqual({ language: 'ru-RU' });
    },
  );

  test('a string of more than 1,024 bytes is refused, or cut at a character where switched', async () => {
    expect(await storedFields({ client_name: 'я'.repeat(512) })).toEqual({ client_name: 'я'.repeat(512) });
    expect(await codeOf(bench.client.upload({ client_name: 'я'.repeat(513) }))).toBe(3);
    await bench.sandbox.control('PUT', '/behaviour', { longString: 'truncate' });
    expect(await storedFields({ client_name: 'я'.repeat(600) })).toEqual({ client_name: 'я'.repeat(512) });
  });

  test('a further connection keeps its own keys', async () => {
    await bench.sandbox.control('PUT', '/connections/eag2', { keys: { order: 'STRING' } });
    await bench.client.stream([
      { metadata: { connectionId: 'eag2', fields: { order: '5', call_id: '7' } } },
      MP3_METADATA,
      CHUNK,
    ]);
    expect(bench.sandbox.talks()[0]).toMatchObject({ connectionId: 'eag2', fields: { order: '5' } });
  });
});

describe('Upload', () => {
  test('stores a whole talk of one message', async () => {
    const audio = { audioMetadata: MP3_METADATA.audio?.audioMetadata ?? {}, audioData: { data: MP3 } };
    const { talkId } = await bench.client.unaryUpload({
      metadata: { connectionId: CONNECTION, fields: { call_id: '9' } },
      audio,
    });
    expect(bench.sandbox.talks()).toMatchObject([{ id: talkId, fields: { call_id: '9' } }]);
  });

  test('with a talk id and no audio replaces all metadata: keys left out are erased', async () => {
    const talkId = await bench.client.upload({ call_id: '1', language: 'ru-RU' });
    const metadata = { connectionId: CONNECTION, fields: { call_id: '2', unknown: 'x' } };
    expect(await bench.client.unaryUpload({ talkId, metadata })).toEqual({ talkId });
    expect(bench.sandbox.talks()).toMatchObject([{ id: talkId, fields: { call_id: '2' } }]);
    expect(bench.sandbox.talks()[0]?.fields).not.toHaveProperty('language');
  });

  test('with an unknown talk id and no audio is NOT_FOUND', async () => {
    const metadata = { connectionId: CONNECTION, fields: {} };
    expect(await codeOf(bench.client.unaryUpload({ talkId: 'aud0', metadata }))).toBe(5);
  });
});

test('a control request that makes no sense is told so', async () => {
  expect(await bench.sandbox.control('PUT', '/behaviour', { indexDelay: 1 })).toMatchObject({ status: 400 });
  expect(await bench.sandbox.control('PUT', '/faults', [{ action: { kind: 'explode' } }])).toMatchObject({
    status: 400,
  });
  expect(await bench.sandbox.control('GET', '/nothing')).toMatchObject({ status: 404 });
});
