import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TalkServiceClient } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CuttableCredentials } from '../../speechsense/wire/cuttable-credentials.ts';
import { CHANNEL_OPTIONS } from '../../speechsense/wire/endpoint.ts';
import { createSpeechSense } from '../../speechsense/speechsense.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { TalkServer } from './talk-server.ts';
import { until } from './until.ts';
import { never, uploadRequest } from './upload-request.ts';

/** What this product relies on in grpc-js beyond its documentation: an upgrade that changes it must fail here. */
describe('grpc-js', () => {
  let server: TalkServer;
  let wire: FrameRecorder;
  let address: string;

  beforeEach(async () => {
    server = new TalkServer();
    wire = new FrameRecorder(await server.listen());
    address = await wire.listen();
  });
  afterEach(() => {
    wire.close();
    server.close();
  });

  function openUpload() {
    const credentials = new CuttableCredentials(ChannelCredentials.createInsecure());
    const client = new TalkServiceClient(address, credentials, CHANNEL_OPTIONS);
    const outcome: { code?: number } = {};
    const call = client.uploadAsStream(new Metadata(), (error) => (outcome.code = error?.code ?? 0));
    call.write({ metadata: { connectionId: 'c', fields: {}, users: [] } });
    return { credentials, client, call, outcome };
  }

  test('hands the raw socket of each connection to _createSecureConnector, and a cut resets it', async () => {
    const { credentials, client, outcome } = openUpload();
    await until(() => server.messages.length === 1);
    expect(credentials.openSockets).toBe(1);
    credentials.cut();
    client.close();
    await until(() => wire.gone === 1 && outcome.code !== undefined);
    expect(outcome.code).toBe(14);
    expect(wire.halfCloses).toBe(0);
  });

  test('makes no connection after a cut that came while it was connecting', async () => {
    const { credentials, outcome } = openUpload();
    credentials.cut();
    await until(() => outcome.code !== undefined);
    expect(credentials.openSockets).toBe(0);
    expect(server.headers).toEqual([]);
  });

  test('half-closes a stream that is cancelled, which is why nothing here cancels one', async () => {
    const { call, client } = openUpload();
    await until(() => server.messages.length === 1);
    call.cancel();
    await until(() => wire.halfCloses === 1);
    client.close();
  });
});

describe('a connection that the server sends away', () => {
  let server: Http2Server;
  let session: ServerHttp2Session;
  let wire: FrameRecorder;

  beforeEach(async () => {
    server = createServer();
    server.on('session', (opened) => {
      session = opened;
      opened.on('error', () => undefined);
    });
    server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      stream.resume();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    wire = new FrameRecorder((server.address() as AddressInfo).port);
  });
  afterEach(() => {
    wire.close();
    server.close();
  });

  test.each([
    ['GOAWAY with an error', () => session.goaway(2)],
    ['GOAWAY for too many pings', () => session.goaway(11, 0, Buffer.from('too_many_pings'))],
    ['a destroyed session', () => session.destroy()],
  ])('by %s ends the upload without END_STREAM', async (_name, sendAway) => {
    const speechSense = createSpeechSense({ address: await wire.listen(), tls: false });
    const uploading = speechSense.upload(uploadRequest(3, {}, never), { beforeCommit: () => Promise.resolve() });
    uploading.catch(() => undefined);
    await until(() => wire.frames.filter((frame) => frame.type === 0).length >= 3);
    sendAway();
    await expect(uploading).rejects.toMatchObject({ kind: expect.stringMatching(/retryable|throttled/) });
    await until(() => wire.gone === 1);
    expect(wire.halfCloses).toBe(0);
    speechSense.close();
  });
});
