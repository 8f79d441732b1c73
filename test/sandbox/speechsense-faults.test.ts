import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { waitFor } from '../support/wait-for.ts';
import { type Bench, codeOf, CONNECTION, MP3, MP3_METADATA, openBench, uploadOf } from './speechsense-client.ts';

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

async function faults(...plan: unknown[]): Promise<void> {
  expect(await bench.sandbox.control('PUT', '/faults', plan)).toMatchObject({ status: 200 });
}

const UNAVAILABLE = { kind: 'status', code: 14, message: 'Try later, please' };

describe('a status fault', () => {
  test('strikes as often as it says, and the next upload passes', async () => {
    await faults({ times: 2, action: UNAVAILABLE });
    expect(await codeOf(bench.client.upload({}))).toBe(14);
    expect(await codeOf(bench.client.upload({}))).toBe(14);
    expect(await codeOf(bench.client.upload({}))).toBeUndefined();
    expect(bench.sandbox.counters()).toMatchObject({ faultsStruck: 2, uploads: { begun: 3, refused: 2, stored: 1 } });
  });

  test('lets the first ones pass that it is told to', async () => {
    await faults({ after: 1, times: 1, at: 'half-closed', action: UNAVAILABLE });
    expect(await codeOf(bench.client.upload({}))).toBeUndefined();
    expect(await codeOf(bench.client.upload({}))).toBe(14);
  });

  test('in mid-stream comes once so many bytes have come', async () => {
    await faults({ at: 'mid-stream', afterBytes: 2 * MP3.length, action: { kind: 'status', code: 13 } });
    expect(await codeOf(bench.client.upload({}))).toBeUndefined();
    const upload = bench.client.begin();
    for (const message of uploadOf({})) await upload.send(message);
    await upload.send({ audio: { chunk: { data: MP3 } } });
    expect(await codeOf(upload.answer)).toBe(13);
    expect(bench.sandbox.counters().talks).toBe(1);
  });

  test('after the half-close leaves nothing, after storing leaves a talk: the client sees no difference', async () => {
    await faults({ at: 'half-closed', times: 1, action: UNAVAILABLE }, { at: 'stored', times: 1, action: UNAVAILABLE });
    expect(await codeOf(bench.client.upload({ call_id: 'lost' }))).toBe(14);
    expect(bench.sandbox.counters().talks).toBe(0);
    expect(await codeOf(bench.client.upload({ call_id: 'kept' }))).toBe(14);
    expect(bench.sandbox.uploads()).toMatchObject([
      { outcome: 'refused', answeredCode: 14, wire: { halfClosed: true } },
      { outcome: 'stored', answeredCode: 14, callId: 'kept' },
    ]);
  });

  test('for one call only spares the others', async () => {
    await faults({ at: 'half-closed', fields: { call_id: '2' }, action: { kind: 'status', code: 3 } });
    expect(await codeOf(bench.client.upload({ call_id: '1' }))).toBeUndefined();
    expect(await codeOf(bench.client.upload({ call_id: '2' }))).toBe(3);
  });

  test('can be for Search and Get', async () => {
    await faults(
      { rpc: 'Search', times: 1, action: UNAVAILABLE },
      { rpc: 'Get', times: 1, action: { kind: 'status', code: 4 } },
    );
    expect(await codeOf(bench.client.search())).toBe(14);
    expect(await codeOf(bench.client.get([]))).toBe(4);
    expect(await codeOf(bench.client.search())).toBeUndefined();
  });
});

test('a connection dropped after storing is an upload without an answer and a talk all the same', async () => {
  await faults({ at: 'stored', times: 1, action: { kind: 'drop' } });
  expect(await codeOf(bench.client.upload({ call_id: '1' }))).toBe(14);
  expect(bench.sandbox.talks()).toMatchObject([{ fields: { call_id: '1' } }]);
  expect(await codeOf(bench.client.upload({ call_id: '2' }))).toBeUndefined();
});

test('a connection dropped in mid-stream is no talk', async () => {
  await faults({ at: 'mid-stream', times: 1, action: { kind: 'drop' } });
  expect(await codeOf(bench.client.upload({}))).toBe(14);
  expect(bench.sandbox.counters()).toMatchObject({ talks: 0, uploads: { faulted: 1, dropped: 0, open: 0 } });
});

test('a stream reset by the server ends this upload and leaves the connection', async () => {
  await faults({ at: 'mid-stream', times: 1, action: { kind: 'reset', code: 2 } });
  expect(await codeOf(bench.client.upload({}))).toBe(13);
  expect(await codeOf(bench.client.upload({}))).toBeUndefined();
  expect(bench.sandbox.counters()).toMatchObject({ uploads: { faulted: 1, stored: 1 } });
});

test('silence after storing keeps the client waiting for an answer to a talk that is there', async () => {
  await faults({ at: 'stored', action: { kind: 'silence' } });
  const upload = bench.client.begin({ deadline: Date.now() + 700 });
  for (const message of uploadOf({})) await upload.send(message);
  upload.call.end();
  expect(await codeOf(upload.answer)).toBe(4);
  expect(bench.sandbox.counters().talks).toBe(1);
});

test('a GOAWAY lets the open upload finish and sends the next one to another connection', async () => {
  const before = bench.sandbox.counters().connections.accepted;
  await faults({ at: 'mid-stream', times: 1, action: { kind: 'goaway' } });
  expect(await codeOf(bench.client.upload({}))).toBeUndefined();
  expect(await codeOf(bench.client.upload({}))).toBeUndefined();
  const connections = bench.sandbox.uploads().map((upload) => upload.connection);
  expect(new Set(connections).size).toBe(2);
  expect(bench.sandbox.counters().connections.accepted).toBeGreaterThan(before);
});

test('a slow reader holds the client back at its window', async () => {
  await faults({ times: 1, action: { kind: 'slow', bytesPerSecond: 1_000 } });
  const upload = bench.client.begin();
  await upload.send({ metadata: { connectionId: CONNECTION, fields: {} } });
  await upload.send(MP3_METADATA);
  const chunk = Buffer.alloc(1024 * 1024);
  for (let sent = 0; sent < 8; sent += 1) void upload.send({ audio: { chunk: { data: chunk } } });
  const arrived = await waitFor(
    () => {
      const wire = bench.sandbox.uploads()[0]?.wire;
      return wire !== undefined && wire.dataBytes >= 4 * 1024 * 1024 && wire.dataBytes;
    },
    { what: 'a full window', timeoutMs: 10_000 },
  );
  expect(arrived).toBeLessThan(4.2 * 1024 * 1024);
  expect(bench.sandbox.counters().uploads.audioBytes).toBe(0);
  upload.call.cancel();
});

test('a server that is down refuses connections until it is lifted, on the same address', async () => {
  await bench.client.upload({});
  await bench.sandbox.control('PUT', '/down', { down: true });
  expect(await codeOf(bench.client.upload({}))).toBe(14);
  expect(bench.sandbox.counters().connections.open).toBe(0);
  await bench.sandbox.control('PUT', '/down', { down: false });
  await waitFor(async () => (await codeOf(bench.client.upload({}))) === undefined, { what: 'the client to reconnect' });
  expect(bench.sandbox.counters()).toMatchObject({ talks: 2 });
});
