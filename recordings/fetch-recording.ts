import { tmpdir } from 'node:os';
import { ExportError } from '../errors/export-error.ts';
import { acceptConverted, acceptTaken, isShort } from './formats/accepted.ts';
import type { AudioRemark, AudioSource, TakenContainer, TakenFormat } from './formats/audio-format.ts';
import { Connections } from './http/connections.ts';
import { createConverter } from './ffmpeg/convert.ts';
import { download, type Download } from './download.ts';
import { firstThatHasIt } from './links/first-that-has-it.ts';
import { guardedConnect, resolveBySystem, type ResolveName } from './links/guarded-connect.ts';
import { HostBrake } from './host-brake.ts';
import type { Isolation } from './ffmpeg/isolation.ts';
import { linkPolicy, type LinkPolicy } from './links/link-policy.ts';
import { PagePool } from './storage/page-pool.ts';
import { recognise } from './formats/recognise.ts';
import { StoredBytes } from './storage/stored-bytes.ts';

interface RecordingLimits {
  /** Larger ones are refused as soon as that is known. Default 512 MiB. */
  maxBytes: number;
  /** What all of them together may keep in memory; the rest goes to temporary files. Default 64 MiB. */
  memoryBytes: number;
  /** Default 10 s. */
  connectMs: number;
  /** From the request to the first byte of the answer. Default 30 s. */
  firstByteMs: number;
  /** Without a byte. Default 30 s. */
  stallMs: number;
  /** For everything, however steadily it drips. Default 30 min. */
  totalMs: number;
  /** For the conversion of one recording. Default 15 min. */
  convertMs: number;
}

const DEFAULT_RECORDING_LIMITS: RecordingLimits = {
  maxBytes: 512 * 1024 * 1024,
  memoryBytes: 64 * 1024 * 1024,
  connectMs: 10_000,
  firstByteMs: 30_000,
  stallMs: 30_000,
  totalMs: 30 * 60_000,
  convertMs: 15 * 60_000,
};

export interface RecordingsOptions {
  limits?: Partial<RecordingLimits>;
  /** `host:port` entries that links may lead to although they are loopback or private: for sandboxes. */
  insecureHosts?: Iterable<string>;
  /** Which literal IP addresses are of the public internet. Default: by IANA's registries. */
  isPublic?: (address: string) => boolean;
  /** Converts what SpeechSense does not take: a path, or a name to be found on PATH. Default `ffmpeg`. */
  ffmpeg?: string;
  /** What ffmpeg is kept from. Default: the most that the system allows. */
  isolation?: Isolation;
  /** Default: the system's directory for temporary files. */
  tempDir?: string;
  resolve?: ResolveName;
}

interface ReceiveOptions {
  signal: AbortSignal;
  /** Whose recording it is: no account's links keep another one's from a host. Default: nobody's. */
  accountId?: number;
  /** Asks a host that is otherwise left alone for a while. */
  evenAtRest?: boolean;
  /** What the account's settings open of private networks. Default: nothing. */
  recordingHosts?: readonly string[];
  /** Is given the work of reading what strangers made of the recording, once it is received; by default just does it. */
  examining?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Bytes received so far. */
  onProgress?: (bytes: number) => void;
}

/** A whole recording in a format that SpeechSense takes. */
export interface Recording {
  sizeBytes: number;
  container: TakenContainer;
  format: TakenFormat;
  /** What people should know of it. */
  remarks: AudioRemark[];
  /** The name of the format that it came in, where it had to be converted. */
  convertedFrom: string | undefined;
  /** From the beginning; may be asked for again, so that an upload is repeated without a second download. */
  chunks(): AsyncIterable<Buffer>;
  /** Frees memory and disk. */
  dispose(): Promise<void>;
}

export interface Recordings {
  /**
   * Receives the whole recording at a link, recognises it and converts it where SpeechSense does not take its format. A
   * telephony may have written several links into one field: each is tried in turn.
   *
   * @throws ExportError `recording_…`, `audio_unsupported` or `conversion_failed`; the signal's own reason when it was
   * aborted. None of them holds the link.
   */
  receive(link: string, options: ReceiveOptions): Promise<Recording>;
  /** Ends idle and open connections. */
  close(): Promise<void>;
}

/** Who may be connected to, and the connections that were made under that rule: never used under another one. */
interface Reach {
  policy: LinkPolicy;
  connections: Connections;
}

/** One per process: it keeps connections to telephonies open between recordings. */
export function createRecordings(options: RecordingsOptions = {}): Recordings {
  const limits = { ...DEFAULT_RECORDING_LIMITS, ...options.limits };
  const insecureHosts = new Set(options.insecureHosts);
  const resolve = options.resolve ?? resolveBySystem;
  const storing = { pool: new PagePool(limits.memoryBytes), tempDir: options.tempDir ?? tmpdir() };
  const converter = createConverter({
    ffmpeg: options.ffmpeg ?? 'ffmpeg',
    isolation: options.isolation,
    tempDir: storing.tempDir,
    timeoutMs: limits.convertMs,
    maxBytes: limits.maxBytes,
  });
  const brake = new HostBrake();
  const reaches = new Map<string, Reach>();

  function reachOf(recordingHosts: readonly string[]): Reach {
    const key = recordingHosts.join(' ');
    const known = reaches.get(key);
    if (known) return known;
    const policy = linkPolicy({
      insecureHosts,
      recordingHosts,
      ...(options.isPublic && { isPublic: options.isPublic }),
    });
    const connections = new Connections(guardedConnect({ policy, connectMs: limits.connectMs, resolve }));
    reaches.set(key, { policy, connections });
    return { policy, connections };
  }

  /** Recognises it, and converts it where SpeechSense does not take its format. */
  async function prepare(
    received: StoredBytes,
    { contentType, endIsCertain }: Download,
    store: StoredBytes,
    signal: AbortSignal,
  ): Promise<Recording> {
    const recognised = await recognise(received, contentType);
    if (!recognised) throw new ExportError('recording_not_audio');
    const { taken, source, isCut } = recognised;
    // Only where its end was announced is it the recorder that left less.
    if (isCut && !endIsCertain) throw new ExportError('recording_truncated');
    if (taken) return recordingOf(received, source, acceptTaken(taken), isCut ? ['incomplete'] : []);
    const conversion = await converter.convert(recognised, store, signal);
    const format = acceptConverted(await recognise(store), conversion);
    if (!endIsCertain && isShort(format, conversion.claimedSeconds)) throw new ExportError('recording_truncated');
    const isIncomplete = isCut || !conversion.isWhole || isShort(format, conversion.countedSeconds);
    const remarks = [...conversion.remarks, ...(isIncomplete ? (['incomplete'] as const) : [])];
    await received.dispose();
    return { ...recordingOf(store, store, format, remarks), convertedFrom: conversion.from };
  }

  async function receiveFrom(link: string, receiving: ReceiveOptions): Promise<Recording> {
    receiving.signal.throwIfAborted();
    const received = new StoredBytes(storing);
    const store = new StoredBytes(storing);
    try {
      const answer = await download(link, received, {
        ...limits,
        ...reachOf(receiving.recordingHosts ?? []),
        brake,
        accountId: receiving.accountId ?? 0,
        evenAtRest: receiving.evenAtRest ?? false,
        signal: receiving.signal,
        onProgress: receiving.onProgress,
      });
      const prepared = () => prepare(received, answer, store, receiving.signal);
      return await (receiving.examining?.(prepared) ?? prepared());
    } catch (error) {
      await Promise.all([received.dispose(), store.dispose()]);
      throw error;
    }
  }

  return {
    receive: (field, receiving) => firstThatHasIt(field, (link) => receiveFrom(link, receiving)),
    close: () => {
      for (const { connections } of reaches.values()) connections.close();
      return Promise.resolve();
    },
  };
}

function recordingOf(store: StoredBytes, source: AudioSource, format: TakenFormat, remarks: AudioRemark[]): Recording {
  return {
    sizeBytes: source.sizeBytes,
    container: format.container,
    format,
    remarks,
    convertedFrom: undefined,
    chunks: () => source.chunks(),
    dispose: () => store.dispose(),
  };
}
