import { tmpdir } from 'node:os';
import { Agent } from 'undici';
import { ExportError } from '../errors/export-error.ts';
import type { AudioFormat, TakenContainer } from './audio-format.ts';
import { decodedBody } from './decoded-body.ts';
import { guardedConnect, resolveBySystem, type ResolveName } from './guarded-connect.ts';
import { linkPolicy } from './link-policy.ts';
import { recognise } from './recognise.ts';
import { isStall, requestRecording, unreachable, type RecordingAnswer } from './request-recording.ts';
import { StoredBytes } from './stored-bytes.ts';

/** The service's limit. */
const MAX_DURATION_SECONDS = 4 * 60 * 60;

interface RecordingLimits {
  /** Larger ones are refused as soon as that is known. Default 512 MiB. */
  maxBytes: number;
  /** What is kept in memory; larger ones go to a temporary file. Default 4 MiB. */
  memoryBytes: number;
  /** Default 10 s. */
  connectMs: number;
  /** From the request to the first byte of the answer. Default 30 s. */
  firstByteMs: number;
  /** Without a byte. Default 30 s. */
  stallMs: number;
  /** For everything, however steadily it drips. Default 30 min. */
  totalMs: number;
}

const DEFAULT_RECORDING_LIMITS: RecordingLimits = {
  maxBytes: 512 * 1024 * 1024,
  memoryBytes: 4 * 1024 * 1024,
  connectMs: 10_000,
  firstByteMs: 30_000,
  stallMs: 30_000,
  totalMs: 30 * 60_000,
};

export interface RecordingsOptions {
  limits?: Partial<RecordingLimits>;
  /** `host:port` entries that links may lead to although they are loopback or private: for sandboxes. */
  insecureHosts?: Iterable<string>;
  /** Whether a literal IP address may be connected to. Default: those of the public internet. */
  allowsAddress?: (address: string) => boolean;
  /** Default: the system's directory for temporary files. */
  tempDir?: string;
  resolve?: ResolveName;
}

interface ReceiveOptions {
  signal: AbortSignal;
  /** Bytes received so far. */
  onProgress?: (bytes: number) => void;
}

/** A whole recording in a format that SpeechSense takes. */
export interface Recording {
  sizeBytes: number;
  container: TakenContainer;
  format: AudioFormat;
  /** From the beginning; may be asked for again, so that an upload is repeated without a second download. */
  chunks(): AsyncIterable<Buffer>;
  /** Frees memory and disk. */
  dispose(): Promise<void>;
}

export interface Recordings {
  /**
   * Receives the whole recording at a link and recognises it.
   *
   * @throws ExportError `recording_…` or `audio_unsupported`; the signal's own reason when it was aborted. None of
   * them holds the link.
   */
  receive(link: string, options: ReceiveOptions): Promise<Recording>;
  /** Ends idle and open connections. */
  close(): Promise<void>;
}

/** One per process: it keeps connections to telephonies open between recordings. */
export function createRecordings(options: RecordingsOptions = {}): Recordings {
  const limits = { ...DEFAULT_RECORDING_LIMITS, ...options.limits };
  const policy = linkPolicy({ ...options, insecureHosts: new Set(options.insecureHosts) });
  const resolve = options.resolve ?? resolveBySystem;
  const dispatcher = new Agent({ connect: guardedConnect({ policy, connectMs: limits.connectMs, resolve }) });
  const tempDir = options.tempDir ?? tmpdir();

  async function receive(link: string, { signal, onProgress }: ReceiveOptions): Promise<Recording> {
    signal.throwIfAborted();
    const store = new StoredBytes({ memoryBytes: limits.memoryBytes, tempDir });
    // Not AbortSignal.any: on Node 20 its result stays tied to a long-lived signal.
    const giveUp = new AbortController();
    const stop = () => giveUp.abort();
    const timer = setTimeout(stop, limits.totalMs);
    signal.addEventListener('abort', stop);
    try {
      const answer = await requestRecording(link, {
        dispatcher,
        policy,
        firstByteMs: limits.firstByteMs,
        stallMs: limits.stallMs,
        signal: giveUp.signal,
      });
      await storeWhole(answer, store, limits.maxBytes, onProgress);
      const { container, format } = accepted(await recognise(store));
      const { sizeBytes } = store;
      return { sizeBytes, container, format, chunks: () => store.chunks(), dispose: () => store.dispose() };
    } catch (error) {
      await store.dispose();
      if (signal.aborted) throw signal.reason;
      if (giveUp.signal.aborted) throw new ExportError('recording_unreachable', { values: { what: 'time limit' } });
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  return { receive, close: () => dispatcher.destroy() };
}

/** Receives the body to its end. */
async function storeWhole(
  { body, contentLength, contentEncoding }: RecordingAnswer,
  store: StoredBytes,
  maxBytes: number,
  onProgress: ReceiveOptions['onProgress'],
): Promise<void> {
  const tooLarge = () => new ExportError('recording_too_large', { values: { maxBytes } });
  if (contentLength !== undefined && contentLength > maxBytes) {
    body.on('error', () => undefined).destroy();
    throw tooLarge();
  }
  if (contentLength !== undefined) store.expect(contentLength);
  try {
    for await (const bytes of decodedBody(body, contentEncoding)) {
      if (store.sizeBytes + bytes.length > maxBytes) throw tooLarge();
      await store.append(bytes);
      onProgress?.(store.sizeBytes);
    }
  } catch (error) {
    throw brokenOff(error);
  }
  await store.complete();
}

/** What a body that did not come to its end means. */
function brokenOff(error: unknown): unknown {
  if (error instanceof ExportError) return error;
  if (isStall(error)) return unreachable(error);
  // Too little for its Content-Length, no last chunk, a reset, half a gzip: all of them are half a recording.
  return new ExportError('recording_truncated');
}

function accepted(format: AudioFormat | undefined): { container: TakenContainer; format: AudioFormat } {
  if (!format) throw new ExportError('recording_not_audio');
  if (format.truncated) throw new ExportError('recording_truncated');
  if ((format.durationSeconds ?? 0) > MAX_DURATION_SECONDS) throw new ExportError('recording_too_long');
  if (!format.container) throw new ExportError('audio_unsupported', { values: { format: format.name } });
  return { container: format.container, format };
}
