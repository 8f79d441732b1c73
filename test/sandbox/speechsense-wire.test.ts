import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { type Bench, clientSockets, codeOf, CONNECTION, MP3, MP3_METADATA, openBench } from './speechsense-client.ts';
import { waitFor } from '../support/wait-for.ts';

const CHUNK = Buffer.concat([MP3, Buffer.alloc(40_000, 1)]);
const METADATA = { metadata: { connectionId: CONNECTION, fields: { call_id: 'half a call' } } };

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(async () => {
  await bench.close();
});

/** Waits for the server to have come so far. */
async function until(condition: () => boolean): Promise<void> {
  await waitFor(condition, { what: 'the server', timeoutMs: 5_000 });
}

/** Begins an upload and waits until the server has read a chunk of its audio. */
async function halfAnUpload(options = {}): Promise<ReturnType<Bench['client']['begin']>> {
  const upload = bench.client.begin(options);
  await upload.send(METADATA);
  await upload.send(MP3_METADATA);
  await upload.send({ audio: { chunk: { data: CHUNK } } });
  await until(() => bench.sandbox.counters().uploads.audioBytes === CHUNK.length);
  return upload;
}

function lastUpload(): ReturnType<Bench['sandbox']['uploads']>[number] | undefined {
  return bench.sandbox.uploads().at(-1);
}

describe('an upload that its client abandons', () => {
  test('by cancel() arrives as END_STREAM and then RST_STREAM, and what came is stored as a cut talk', async () => {
    const upload = await halfAnUpload();
    upload.call.cancel();
    expect(await codeOf(upload.answer)).toBe(1);
    await until(() => lastUpload()?.wire.clientReset !== undefined && lastUpload()?.outcome !== 'open');
    expect(lastUpload()).toMatchObject({
      outcome: 'stored',
      wire: { halfClosed: true, clientReset: 8, connectionDropped: false, events: ['END_STREAM', 'RST_STREAM 8'] },
    });
    const [talk] = bench.sandbox.talks();
    expect(talk?.audio).toMatchObject({ sizeBytes: CHUNK.length });
    expect(talk?.audio.sha256).toBe(createHash('sha256').update(CHUNK).digest('hex'));
  });

  test('by an expired deadline arrives in the same way, with the deadline on record', async () => {
    const upload = await halfAnUpload({ deadline: Date.now() + 1_000 });
    expect(await codeOf(upload.answer)).toBe(4);
    await until(() => lastUpload()?.wire.clientReset !== undefined && lastUpload()?.outcome !== 'open');
    expect(lastUpload()).toMatchObject({ outcome: 'stored', wire: { events: ['END_STREAM', 'RST_STREAM 8'] } });
    expect(lastUpload()?.deadline).toMatch(/^\d+[mS]$/);
    expect(bench.sandbox.counters().uploads.withDeadline).toBe(1);
  });

  test('by cancel() is not stored where the server is switched to heed the reset', async () => {
    await bench.sandbox.control('PUT', '/behaviour', { storesBeforeReset: false });
    const upload = await halfAnUpload();
    upload.call.cancel();
    await until(() => lastUpload()?.outcome !== 'open');
    expect(lastUpload()).toMatchObject({ outcome: 'reset', wire: { halfClosed: true, clientReset: 8 } });
    expect(bench.sandbox.counters().talks).toBe(0);
  });

  test('by destroy() stays open: nothing at all is sent', async () => {
    const upload = await halfAnUpload();
    upload.call.destroy();
    await bench.client.search();
    expect(lastUpload()).toMatchObject({ outcome: 'open', wire: { events: [] } });
  });

  test('by its socket being destroyed is dropped and never stored', async () => {
    const upload = await halfAnUpload();
    const sockets = clientSockets(bench.sandbox.address);
    expect(sockets).toHaveLength(1);
    sockets[0]?.destroy();
    expect(await codeOf(upload.answer)).toBe(14);
    await until(() => lastUpload()?.outcome !== 'open');
    expect(lastUpload()).toMatchObject({
      outcome: 'dropped',
      wire: { halfClosed: false, clientReset: undefined, connectionDropped: true, events: ['CLOSED'] },
    });
    expect(bench.sandbox.counters()).toMatchObject({
      talks: 0,
      uploads: { begun: 1, dropped: 1, halfClosed: 0, open: 0 },
    });
  });

  test('by its process being killed is dropped and never stored', async () => {
    const script = new URL('./speechsense-half-upload.mjs', import.meta.url);
    const child = spawn(process.execPath, [script.pathname, bench.sandbox.address, CONNECTION], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    await until(() => bench.sandbox.counters().uploads.audioBytes > 0);
    child.kill('SIGKILL');
    await exited;
    await until(() => lastUpload()?.outcome !== 'open');
    expect(lastUpload()).toMatchObject({ outcome: 'dropped', wire: { events: ['CLOSED'] } });
    expect(bench.sandbox.counters().talks).toBe(0);
  });
});

test('an upload that is half-closed in order is stored once', async () => {
  const upload = await halfAnUpload();
  upload.call.end();
  const { talkId } = await upload.answer;
  expect(talkId).toMatch(/^aud[0-9a-v]{17}$/);
  expect(lastUpload()).toMatchObject({
    outcome: 'stored',
    talkId,
    callId: 'half a call',
    wire: { events: ['END_STREAM'] },
  });
});

test('a slowly read upload that is cancelled still keeps all that had come before the END_STREAM', async () => {
  await bench.sandbox.control('PUT', '/faults', [{ action: { kind: 'slow', bytesPerSecond: 200_000 } }]);
  const upload = bench.client.begin();
  await upload.send(METADATA);
  await until(() => lastUpload()?.callId !== undefined);
  await upload.send(MP3_METADATA);
  await upload.send({ audio: { chunk: { data: CHUNK } } });
  await until(() => (lastUpload()?.wire.dataBytes ?? 0) > CHUNK.length);
  upload.call.cancel();
  await until(() => lastUpload()?.wire.clientReset !== undefined && lastUpload()?.outcome !== 'open');
  expect(lastUpload()).toMatchObject({ outcome: 'stored', wire: { events: ['END_STREAM', 'RST_STREAM 8'] } });
  expect(bench.sandbox.talks()[0]?.audio.sizeBytes).toBe(CHUNK.length);
});
