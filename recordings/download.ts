import { ExportError } from '../errors/export-error.ts';
import type { Connections } from './http/connections.ts';
import type { HostBrake } from './host-brake.ts';
import type { LinkPolicy } from './links/link-policy.ts';
import { requestRecording } from './http/request-recording.ts';
import { safeLink } from './links/safe-link.ts';
import { storeWhole } from './storage/store-whole.ts';
import type { StoredBytes } from './storage/stored-bytes.ts';

export interface DownloadOptions {
  connections: Connections;
  policy: LinkPolicy;
  brake: HostBrake;
  /** Its links rest no host for others. */
  accountId: number;
  evenAtRest: boolean;
  firstByteMs: number;
  stallMs: number;
  totalMs: number;
  maxBytes: number;
  signal: AbortSignal;
  onProgress: ((bytes: number) => void) | undefined;
}

export interface Download {
  contentType: string;
  /** The answer told where it ends, and it came that far. */
  endIsCertain: boolean;
}

/**
 * Receives what a link leads to, whole and within its time.
 *
 * @throws ExportError `recording_…`; the signal's own reason when it was aborted.
 */
export async function download(link: string, store: StoredBytes, options: DownloadOptions): Promise<Download> {
  const { connections, policy, brake, accountId, firstByteMs, stallMs, signal } = options;
  const first = safeLink(link, policy);
  // Not AbortSignal.any: on Node 20 its result stays tied to a long-lived signal.
  const giveUp = new AbortController();
  const stop = () => giveUp.abort();
  const timer = setTimeout(stop, options.totalMs);
  signal.addEventListener('abort', stop);
  try {
    const answer = await requestRecording(first, {
      connections,
      policy,
      firstByteMs,
      stallMs,
      signal: giveUp.signal,
      watch: (host, ask) => brake.watch(`${accountId} ${host}`, ask, options.evenAtRest),
    });
    await storeWhole(answer, store, options.maxBytes, options.onProgress);
    return { contentType: answer.contentType, endIsCertain: answer.endIsCertain };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (giveUp.signal.aborted) throw new ExportError('recording_unreachable', { values: { what: 'time limit' } });
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
