import { createServer } from 'node:http2';

import type { SandboxClock } from '../clock.ts';
import { assertPortFree } from '../listening.ts';
import { controlBy, type ControlledPart } from '../part.ts';
import { defaultBehaviour } from './behaviour.ts';
import type { Connection } from './connection.ts';
import { speechSenseControl } from './control.ts';
import { createState, type ServiceState } from './service-state.ts';
import type { Talk } from './talk-store.ts';
import { serveCall } from './talk-service.ts';
import type { TappedConnection } from './tapped-connection.ts';
import { listenTapped, type TappedListener } from './tapped-listener.ts';
import { type TalkKey, type TalksPer, talksPer } from './talks-per.ts';
import type { UploadCounters, UploadRecord } from './upload-log.ts';

export interface SpeechSenseOptions {
  /** Any free one if absent. */
  port?: number;
  clock: SandboxClock;
  /** The only key that is let in. */
  apiKey: string;
  connection: Connection;
  /** Whether the sha256 of each talk's audio is taken; default true. Off for benchmarks of the client. */
  hashAudio?: boolean;
  /** Whether talks keep their audio; default false. */
  keepAudio?: boolean;
  /** HTTP/2 window of a stream: so much a client may send ahead of the server's reading. Default 4 MiB. */
  streamWindowBytes?: number;
}

interface SpeechSenseCounters {
  uploads: UploadCounters;
  talks: number;
  /** Calls of each method. */
  calls: Record<string, number>;
  /** Errors answered, by gRPC code; those by faults too, where they were uploads. */
  refusals: Record<string, number>;
  faultsStruck: number;
  connections: { open: number; accepted: number };
}

/** A running stand-in for SpeechSense. */
export interface SpeechSense extends ControlledPart {
  /** `127.0.0.1:port`, plaintext. */
  address: string;
  counters(): SpeechSenseCounters;
  /** The last uploads with what the wire said of each, oldest first. */
  uploads(): UploadRecord[];
  /** All talks, oldest first. */
  talks(): Talk[];
  /** How many talks each call has. */
  talksPer(by: TalkKey): TalksPer;
  /** Forgets talks, counters, faults, switches and quotas used. Connections stay open, and a server that is down stays down. */
  reset(): void;
  close(): Promise<void>;
}

/** Streams of all a connection's uploads together may be this far ahead. */
const CONNECTION_WINDOW_BYTES = 64 * 1024 * 1024;

/** Starts the stand-in on the loopback interface. */
export async function startSpeechSense(options: SpeechSenseOptions): Promise<SpeechSense> {
  await assertPortFree('SpeechSense', options.port ?? 0);
  const state = createState({
    clock: options.clock,
    apiKey: options.apiKey,
    connection: options.connection,
    audio: { hash: options.hashAudio ?? true, keep: options.keepAudio ?? false },
  });
  const http2 = createServer({
    settings: { initialWindowSize: options.streamWindowBytes ?? 4 * 1024 * 1024, maxConcurrentStreams: 1_000 },
  });
  const taps = new WeakMap<object, TappedConnection>();
  let announced: TappedConnection | undefined;
  http2.on('session', (session) => {
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on('error', () => undefined);
    if (announced !== undefined) taps.set(session, announced);
  });
  http2.on('stream', (stream, headers) => {
    const connection = stream.session === undefined ? undefined : taps.get(stream.session);
    if (connection !== undefined) void serveCall(state, stream, headers, connection);
  });
  const listener = await listenTapped(options.port ?? 0, (connection) => {
    // The session is made, and announced, before emit returns: this is how it learns its tap.
    announced = connection;
    http2.emit('connection', connection);
    announced = undefined;
  });
  return facade(state, listener);
}

function facade(state: ServiceState, listener: TappedListener): SpeechSense {
  const counters = (): SpeechSenseCounters => ({
    uploads: state.uploads.counters(),
    talks: state.talks.size,
    calls: { ...state.calls },
    refusals: { ...state.refusals },
    faultsStruck: state.faults.struck,
    connections: listener.connections(),
  });
  const reset = (): void => {
    state.talks.clear();
    state.uploads.reset();
    state.quota.reset();
    state.faults.replace([]);
    state.faults.struck = 0;
    state.behaviour = defaultBehaviour();
    state.calls = {};
    state.refusals = {};
  };
  const switches = { counters, reset, down: () => listener.down(), up: () => listener.up() };
  const routes = speechSenseControl(state, switches);
  return {
    address: `127.0.0.1:${listener.port}`,
    counters,
    uploads: () => state.uploads.records(),
    talks: () => [...state.talks.all()],
    talksPer: (by) => talksPer(by, state.talks.all()),
    routes,
    control: controlBy(routes),
    reset,
    close: () => listener.down(),
  };
}
