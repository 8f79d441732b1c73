import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { SandboxClock } from '../clock.ts';
import { createApp } from '../http-app.ts';
import { listen } from '../listening.ts';
import { controlBy, type ControlledPart } from '../part.ts';
import { ENCODED_FORMATS, type EncodedFormat, type RecordingFormat } from '../recording-formats.ts';
import { telephonyControl } from './control.ts';
import { DownloadLog, type TelephonyCounters } from './download-log.ts';
import { createEncoder } from './encoded.ts';
import { readRange, type Recording, type RecordingFile } from './recording.ts';
import { linkPath, readLink } from './recording-link.ts';
import { createRecordingMaker } from './recording-maker.ts';
import { serveRecording } from './serve-recording.ts';
import { TelephonyFaults } from './telephony-fault.ts';

export interface TelephonyOptions {
  /** Any free one if absent. */
  port?: number;
  clock: SandboxClock;
  /** Links made from now on die so long after they were made, on the sandbox's clock; never if absent. */
  linkLifetimeMs?: number;
}

/** A running stand-in for a telephony vendor's server of recordings. */
export interface Telephony extends ControlledPart {
  /** `http://127.0.0.1:port`. */
  url: string;
  /**
   * A link to this recording.
   * @param expiresAtMs when it dies, on the sandbox's clock; by `linkLifetimeMs` if absent
   * @throws RangeError for a size that its format can't have
   */
  recordingUrl(recording: Recording, expiresAtMs?: number): string;
  /** Hash of the bytes that the link gives when nothing is wrong with it. */
  recordingSha256(recording: Recording): Promise<string>;
  counters(): TelephonyCounters;
  /** Requests for each recording. */
  requestsPer(): Record<string, number>;
  close(): Promise<void>;
}

const LOGIN_PAGE = '<!doctype html><html><body><form action="/login"><input name="password"></form></body></html>';

/** Starts the stand-in on the loopback interface. */
export async function startTelephony(options: TelephonyOptions): Promise<Telephony> {
  const make = await createRecordingMaker();
  const encode = createEncoder(make);
  const fileOf = async (recording: Recording): Promise<RecordingFile> => {
    const { worldId, format, talkSeconds } = recording;
    if (isEncoded(format)) return encode({ worldId, format, talkSeconds: talkSeconds ?? 1 });
    return make(talkSeconds === undefined ? { ...recording, format } : { worldId, format, talkSeconds });
  };
  const log = new DownloadLog();
  const faults = new TelephonyFaults();
  const app = createApp();
  app.get('/login', (_request, reply) => reply.type('text/html; charset=utf-8').send(LOGIN_PAGE));
  app.route({
    method: ['GET', 'HEAD'],
    url: '/records/*',
    handler: (request, reply) => {
      // Node's own response from here on: Fastify cannot cut a body short, or write a head that HTTP forbids.
      const { raw } = reply.hijack();
      serve(request.raw, raw, { fileOf, log, faults, clock: options.clock }).catch((error: unknown) => {
        if (!raw.headersSent) raw.writeHead(500, { 'content-type': 'text/plain' });
        raw.end(`The sandbox cannot make this recording; encoded formats need ffmpeg. ${String(error)}`);
      });
    },
  });
  const server = await listen('telephony', options.port ?? 0, app);

  const reset = (): void => {
    log.reset();
    faults.replace([]);
  };
  const routes = telephonyControl(log, faults, reset);
  return {
    url: server.url,
    recordingUrl: (recording, expiresAtMs) => {
      // A size that its format can't have is told at once.
      if (recording.sizeBytes !== undefined) make(recording);
      const { linkLifetimeMs } = options;
      const dies = linkLifetimeMs === undefined ? undefined : options.clock.nowMs() + linkLifetimeMs;
      return server.url + linkPath({ recording, expiresAtMs: expiresAtMs ?? dies });
    },
    recordingSha256: async (recording) => {
      const file = await fileOf(recording);
      const hash = createHash('sha256');
      for (const piece of readRange(file, 0, file.sizeBytes)) hash.update(piece);
      return hash.digest('hex');
    },
    counters: () => log.counters(),
    requestsPer: () => log.requestsPer(),
    routes,
    control: controlBy(routes),
    reset,
    close: () => server.close(),
  };
}

interface Parts {
  fileOf(recording: Recording): Promise<RecordingFile>;
  log: DownloadLog;
  faults: TelephonyFaults;
  clock: SandboxClock;
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const link = readLink(request.url ?? '/');
  if (link === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found');
    return;
  }
  const { worldId } = link.recording;
  parts.log.begin(worldId);
  response.once('close', () => parts.log.end());
  const expired = link.expiresAtMs !== undefined && parts.clock.nowMs() > link.expiresAtMs;
  const fault = expired ? ({ kind: 'lie', lie: 'expired' } as const) : parts.faults.strike(worldId);
  await serveRecording(request, response, await parts.fileOf(link.recording), parts.log, fault);
}

function isEncoded(format: RecordingFormat): format is EncodedFormat {
  return ENCODED_FORMATS.some((encoded) => encoded === format);
}
