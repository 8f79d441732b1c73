import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ExportError } from '../../errors/export-error.ts';
import { createSpeechSense, type SpeechSense, type SpeechSenseOptions } from '../../speechsense/speechsense.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { localhostCertificate } from './localhost-certificate.ts';
import { TalkServer } from './talk-server.ts';
import { until } from './until.ts';
import { CHUNK_BYTES, never, uploadRequest } from './upload-request.ts';

/**
 * What an upload that is given up puts on the wire, seen behind an open flow-control window: the server reads
 * everything at once, so that an END_STREAM would reach it.
 */
describe.each([{ tls: false }, { tls: true }])('an upload that is given up (TLS: $tls)', ({ tls }) => {
  let server: TalkServer;
  let wire: FrameRecorder;
  let address: string;
  let speechSense: SpeechSense;

  beforeEach(async () => {
    server = new TalkServer();
    wire = new FrameRecorder(await server.listen(), tls ? localhostCertificate : undefined);
    address = await wire.listen();
    speechSense = connectTo();
  });
  afterEach(() => {
    speechSense.close();
    wire.close();
    server.close();
  });

  function connectTo(options: Partial<SpeechSenseOptions> = {}): SpeechSense {
    return createSpeechSense({ address, tls, ...(tls && { rootCertificates: localhostCertificate.cert }), ...options });
  }

  const commit = { beforeCommit: () => Promise.resolve() };
  const received = (chunks: number) => until(() => server.audio.length >= chunks * CHUNK_BYTES);

  async function expectCutWithoutEnd(): Promise<void> {
    await until(() => wire.gone === 1);
    expect(wire.halfCloses).toBe(0);
    expect(wire.resetStreams).toBe(0);
    expect(wire.frames.filter((frame) => frame.type === 0).length).toBeGreaterThan(0);
  }

  test('by a stop never produces END_STREAM', async () => {
    const stop = new AbortController();
    const uploading = speechSense.upload(uploadRequest(3, { signal: stop.signal }, never), commit);
    await received(3);
    stop.abort();
    await expect(uploading).rejects.toMatchObject({ code: 'upload_cut', kind: 'retryable' });
    await expectCutWithoutEnd();
  });

  test('by a stop in full flight never produces END_STREAM', async () => {
    const stop = new AbortController();
    const uploading = speechSense.upload(uploadRequest(5_000, { signal: stop.signal }), commit);
    uploading.catch(() => undefined);
    await received(20);
    stop.abort();
    await expect(uploading).rejects.toMatchObject({ code: 'upload_cut' });
    await expectCutWithoutEnd();
  });

  test('by a shutdown never produces END_STREAM', async () => {
    const uploading = speechSense.upload(uploadRequest(3, {}, never), commit);
    uploading.catch(() => undefined);
    await received(3);
    speechSense.close();
    await expect(uploading).rejects.toMatchObject({ code: 'speechsense_unavailable' });
    await expectCutWithoutEnd();
  });

  test('because it stalled never produces END_STREAM', async () => {
    speechSense = connectTo({ times: { stallMs: 200 } });
    const uploading = speechSense.upload(uploadRequest(3, {}, never), commit);
    await expect(uploading).rejects.toMatchObject({ code: 'upload_cut', values: { what: 'stalled' } });
    await expectCutWithoutEnd();
  });

  test('because its lease was lost never produces END_STREAM', async () => {
    const beforeCommit = async () => {
      await received(3);
      throw new ExportError('lease_lost');
    };
    await expect(speechSense.upload(uploadRequest(3), { beforeCommit })).rejects.toMatchObject({ code: 'lease_lost' });
    await expectCutWithoutEnd();
  });

  test('because it was frozen between the marker and the half-close never produces END_STREAM', async () => {
    const clock = { monotonic: 0, wall: 0 };
    speechSense = connectTo({ clock: { monotonicMs: () => clock.monotonic, wallMs: () => clock.wall } });
    const frozen = async () => {
      await received(3);
      clock.wall += 5_001;
    };
    await expect(speechSense.upload(uploadRequest(3), { beforeCommit: frozen })).rejects.toMatchObject({
      code: 'upload_cut',
    });
    await expectCutWithoutEnd();
  });

  test('while its marker is being written never produces END_STREAM, and waits for the marker', async () => {
    const stop = new AbortController();
    let markerWritten = false;
    let written: () => void = () => undefined;
    const uploading = speechSense.upload(uploadRequest(3, { signal: stop.signal }), {
      beforeCommit: async () => {
        await received(3);
        stop.abort();
        await new Promise<void>((resolve) => (written = resolve));
        markerWritten = true;
      },
    });
    uploading.catch(() => undefined);
    await expectCutWithoutEnd();
    written();
    await expect(uploading).rejects.toMatchObject({ code: 'upload_cut' });
    expect(markerWritten).toBe(true);
  });

  test('because its recording came out short never produces END_STREAM', async () => {
    const short = uploadRequest(3, {}, () => received(3));
    short.audio.sizeBytes += 1;
    await expect(speechSense.upload(short, commit)).rejects.toMatchObject({ code: 'unexpected' });
    await expectCutWithoutEnd();
  });

  test('because its recording cannot be read never produces END_STREAM', async () => {
    const unreadable = uploadRequest(3, {}, async () => {
      await received(3);
      throw new Error('bad sector');
    });
    await expect(speechSense.upload(unreadable, commit)).rejects.toThrow('bad sector');
    await expectCutWithoutEnd();
  });

  test('leaves a lane that carries the next upload whole', async () => {
    const stop = new AbortController();
    const uploading = speechSense.upload(uploadRequest(3, { signal: stop.signal }, never), commit);
    await received(3);
    stop.abort();
    await expect(uploading).rejects.toMatchObject({ code: 'upload_cut' });
    server.messages.length = 0;
    await expect(speechSense.upload(uploadRequest(2), commit)).resolves.toEqual({
      talkId: 'aud1',
      bytes: 2 * CHUNK_BYTES,
    });
    expect(server.audio.length).toBe(2 * CHUNK_BYTES);
    expect(wire.connections).toBe(2);
  });

  test('before it began does not even connect', async () => {
    const signal = AbortSignal.abort();
    await expect(speechSense.upload(uploadRequest(1, { signal }), commit)).rejects.toMatchObject({
      code: 'upload_cut',
    });
    expect(wire.connections).toBe(0);
  });

  test('while it waits for its answer gets a moment for it, and is unconfirmed without one', async () => {
    speechSense = connectTo({ times: { abandonAnswerMs: 100 } });
    const stop = new AbortController();
    server.handler = (call) => call.on('end', () => stop.abort());
    const uploading = speechSense.upload(uploadRequest(1, { signal: stop.signal }), commit);
    await expect(uploading).rejects.toMatchObject({ code: 'upload_unconfirmed' });
    await until(() => wire.gone === 1);
  });

  test('while it waits for its answer takes the answer that comes in time', async () => {
    const stop = new AbortController();
    server.handler = (call, answer) => {
      call.on('end', () => {
        stop.abort();
        setImmediate(() => answer(null, { talkId: 'aud-in-time' }));
      });
    };
    const uploading = speechSense.upload(uploadRequest(1, { signal: stop.signal }), commit);
    await expect(uploading).resolves.toMatchObject({ talkId: 'aud-in-time' });
  });

  test('for want of an answer is unconfirmed', async () => {
    speechSense = connectTo({ times: { answerMs: 100 } });
    server.handler = () => undefined;
    await expect(speechSense.upload(uploadRequest(1), commit)).rejects.toMatchObject({
      code: 'upload_unconfirmed',
      values: { what: 'no answer' },
    });
    await until(() => wire.gone === 1);
  });

  test('by the network before the half-close is retryable and not stored', async () => {
    const uploading = speechSense.upload(uploadRequest(3, {}, never), commit);
    uploading.catch(() => undefined);
    await received(3);
    wire.drop();
    await expect(uploading).rejects.toMatchObject({ code: 'speechsense_unavailable', kind: 'retryable' });
    expect(wire.halfCloses).toBe(0);
  });

  test('by the network after the half-close is unconfirmed', async () => {
    server.handler = (call) => call.on('end', () => wire.drop());
    await expect(speechSense.upload(uploadRequest(1), commit)).rejects.toMatchObject({ code: 'upload_unconfirmed' });
  });

  test('by the service with an error is refused, not unconfirmed', async () => {
    server.handler = (_call, answer) => answer({ code: status.UNAVAILABLE });
    await expect(speechSense.upload(uploadRequest(3, {}, never), commit)).rejects.toMatchObject({
      code: 'speechsense_unavailable',
    });
  });
});
