import { Metadata, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import protobuf from 'protobufjs/minimal.js';
import { findExportError } from '../../errors/export-error.ts';
import { createSpeechSense, type SpeechSense } from '../../speechsense/speechsense.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { storeAll, TalkServer } from './talk-server.ts';
import { until } from './until.ts';
import { CHUNK_BYTES, never, uploadRequest } from './upload-request.ts';

let server: TalkServer;
let wire: FrameRecorder;
let speechSense: SpeechSense;
const commit = { beforeCommit: () => Promise.resolve() };

beforeEach(async () => {
  server = new TalkServer();
  wire = new FrameRecorder(await server.listen());
  speechSense = createSpeechSense({ address: await wire.listen(), tls: false });
});
afterEach(() => {
  speechSense.close();
  wire.close();
  server.close();
});

describe('an upload', () => {
  test('sends metadata, then the audio format, then the bytes, and returns the talk', async () => {
    await expect(speechSense.upload(uploadRequest(3), commit)).resolves.toEqual({
      talkId: 'aud1',
      bytes: 3 * CHUNK_BYTES,
    });
    const [metadata, format, ...chunks] = server.messages;
    expect(metadata?.metadata).toEqual({ connectionId: 'eag-connection', fields: { call_id: '1' }, users: [] });
    expect(format?.audio?.audioMetadata?.containerAudio).toEqual({ containerAudioType: 3 });
    expect(chunks.map((message) => message.audio?.chunk?.data[0])).toEqual([0, 1, 2]);
    expect(server.headers[0]).toMatchObject({ authorization: 'Api-Key AQVN-key' });
  });

  test('cuts large pieces of its source into chunks of 64 KiB', async () => {
    const whole = uploadRequest(0);
    whole.audio.sizeBytes = 150_000;
    whole.audio.chunks = async function* () {
      yield await Promise.resolve(Buffer.alloc(150_000, 1));
    };
    await speechSense.upload(whole, commit);
    expect(server.messages.slice(2).map((message) => message.audio?.chunk?.data.length)).toEqual([
      65_536, 65_536, 18_928,
    ]);
  });

  test('writes its marker when every byte has left and before the half-close', async () => {
    let seen = {};
    const beforeCommit = async () => {
      await until(() => server.audio.length === 3 * CHUNK_BYTES);
      seen = { halfCloses: wire.halfCloses };
    };
    await speechSense.upload(uploadRequest(3), { beforeCommit });
    expect(seen).toEqual({ halfCloses: 0 });
    expect(wire.halfCloses).toBe(1);
  });

  test('tells how many bytes have left', async () => {
    const progress: number[] = [];
    await speechSense.upload(uploadRequest(3), { ...commit, onProgress: (bytes) => progress.push(bytes) });
    expect(progress).toEqual([1, 2, 3].map((chunks) => chunks * CHUNK_BYTES));
  });

  test('takes no more from its source than a slow service takes from it', async () => {
    const slow = new TalkServer({ windowBytes: 65_535 });
    const address = `127.0.0.1:${await slow.listen()}`;
    const slowly = createSpeechSense({ address, tls: false });
    slow.reads = false;
    const stop = new AbortController();
    let taken = 0;
    const endless = uploadRequest(1_000_000, { signal: stop.signal });
    endless.audio.chunks = async function* () {
      for (; ; taken++) yield await Promise.resolve(Buffer.alloc(CHUNK_BYTES));
    };
    const uploading = slowly.upload(endless, commit);
    uploading.catch(() => undefined);
    // Until nothing more has been taken for a while.
    const seen: number[] = [];
    await until(() => seen.push(taken) > 20 && taken >= 1 && seen.at(-20) === taken);
    expect(taken).toBeLessThanOrEqual(4);
    stop.abort();
    await expect(uploading).rejects.toMatchObject({ code: 'upload_cut' });
    slowly.close();
    slow.close();
  });

  test('uses a connection again, and as many as run at once', async () => {
    await speechSense.upload(uploadRequest(1), commit);
    await speechSense.upload(uploadRequest(1), commit);
    expect(wire.connections).toBe(1);
    await Promise.all([1, 2, 3].map(() => speechSense.upload(uploadRequest(1), commit)));
    expect(wire.connections).toBe(3);
  });

  test('goes on to its end on a connection that is sent away (GOAWAY), and the next one connects anew', async () => {
    let goOn: () => void = () => undefined;
    const uploading = speechSense.upload(
      uploadRequest(3, {}, () => new Promise((resolve) => (goOn = resolve))),
      commit,
    );
    await until(() => server.audio.length === 3 * CHUNK_BYTES);
    server.sendAway();
    await speechSense.upload(uploadRequest(1), commit);
    goOn();
    await expect(uploading).resolves.toMatchObject({ talkId: 'aud1' });
    await speechSense.upload(uploadRequest(1), commit);
  });

  test('connects anew after the service was away, at once', async () => {
    await speechSense.upload(uploadRequest(1), commit);
    server.close();
    await expect(speechSense.upload(uploadRequest(1), commit)).rejects.toMatchObject({ kind: 'retryable' });
    const back = new TalkServer();
    back.port = server.port;
    await back.listen();
    await expect(speechSense.upload(uploadRequest(1), commit)).resolves.toMatchObject({ talkId: 'aud1' });
    back.close();
  });
});

describe('a refusal', () => {
  const codes = Object.entries(status).filter((entry): entry is [string, status] => typeof entry[1] === 'number');
  const errors = codes.filter(([name]) => name !== 'OK');

  test.each([
    [status.UNAUTHENTICATED, 'speechsense_unauthenticated', 'auth'],
    [status.PERMISSION_DENIED, 'speechsense_permission_denied', 'auth'],
    [status.NOT_FOUND, 'speechsense_connection_not_found', 'auth'],
    [status.INVALID_ARGUMENT, 'speechsense_rejected', 'permanent'],
    [status.RESOURCE_EXHAUSTED, 'speechsense_throttled', 'throttled'],
    [status.UNAVAILABLE, 'speechsense_unavailable', 'retryable'],
    [status.INTERNAL, 'speechsense_unavailable', 'retryable'],
  ])('with %i while the upload is open is %s', async (code, expected, kind) => {
    server.handler = (_call, answer) => answer({ code });
    await expect(speechSense.upload(uploadRequest(3, {}, never), commit)).rejects.toMatchObject({
      code: expected,
      kind,
    });
  });

  test.each(errors)('with %s while the upload is open is never taken for unconfirmed', async (_name, code) => {
    server.handler = (_call, answer) => answer({ code });
    const error: unknown = await speechSense
      .upload(uploadRequest(3, {}, never), commit)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/^speechsense_/) });
  });

  const definite =
    'INVALID_ARGUMENT NOT_FOUND PERMISSION_DENIED UNAUTHENTICATED FAILED_PRECONDITION OUT_OF_RANGE UNIMPLEMENTED RESOURCE_EXHAUSTED';
  test.each(errors)(
    'with %s after the half-close is believed only where it means that nothing was stored',
    async (name, code) => {
      server.handler = (call, answer) => call.on('end', () => answer({ code }));
      const expected = definite.split(' ').includes(name) ? /^speechsense_/ : /^upload_unconfirmed$/;
      await expect(speechSense.upload(uploadRequest(1), commit)).rejects.toMatchObject({
        code: expect.stringMatching(expected),
      });
    },
  );

  test('says the system’s word for a failure, and no other word in capitals', async () => {
    const whatOf = async (details: string) => {
      server.handler = (_call, answer) => answer({ code: status.UNAVAILABLE, details });
      const error: unknown = await speechSense.upload(uploadRequest(3, {}, never), commit).catch((e: unknown) => e);
      return findExportError(error)?.values['what'];
    };
    expect(await whatOf('connect ECONNREFUSED 10.0.0.1:443')).toBe('UNAVAILABLE, ECONNREFUSED');
    expect(await whatOf('client ELENA EGOROVA not stored')).toBe('UNAVAILABLE');
    expect(await whatOf('MY_CERT is lost')).toBe('UNAVAILABLE');
  });

  test('keeps the request id of the service and none of its words', async () => {
    server.handler = (_call, answer) => {
      const metadata = new Metadata();
      metadata.set('grpc-status-details-bin', requestInfo('0a1b-request'));
      answer({ code: status.INVALID_ARGUMENT, details: 'client_name "Иван Петров" is too long', metadata });
    };
    const error: unknown = await speechSense
      .upload(uploadRequest(1, {}, never), commit)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ requestId: '0a1b-request', values: { what: 'INVALID_ARGUMENT' } });
    expect(String((error as Error).cause)).not.toContain('Иван');
  });

  test('names a refused connection by the system error', async () => {
    server.close();
    wire.close();
    const nobody = createSpeechSense({ address: '127.0.0.1:1', tls: false });
    await expect(nobody.upload(uploadRequest(1), commit)).rejects.toMatchObject({
      code: 'speechsense_unavailable',
      values: { what: 'UNAVAILABLE, ECONNREFUSED' },
    });
    nobody.close();
  });

  test('by an answer without a talk id is unconfirmed', async () => {
    server.handler = storeAll('');
    await expect(speechSense.upload(uploadRequest(1), commit)).rejects.toMatchObject({ code: 'upload_unconfirmed' });
  });

  test('by a talk id before the end is unconfirmed', async () => {
    server.handler = (_call, answer) => answer(null, { talkId: 'aud-early' });
    await expect(speechSense.upload(uploadRequest(3, {}, never), commit)).rejects.toMatchObject({
      code: 'upload_unconfirmed',
    });
  });
});

/** google.rpc.Status with a google.rpc.RequestInfo among its details. */
function requestInfo(requestId: string): Buffer {
  const info = protobuf.Writer.create().uint32(10).string(requestId).finish();
  const any = protobuf.Writer.create()
    .uint32(10)
    .string('type.googleapis.com/google.rpc.RequestInfo')
    .uint32(18)
    .bytes(info);
  const message = protobuf.Writer.create().uint32(8).int32(3).uint32(18).string('bad').uint32(26).bytes(any.finish());
  return Buffer.from(message.finish());
}
