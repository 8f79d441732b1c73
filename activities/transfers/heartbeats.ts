import { activityInfo, heartbeat } from '@temporalio/activity';
import type { Stops } from './stops.ts';

/** What a call is doing; its heartbeats say so. */
export interface CallBeat {
  phase: 'claim' | 'download' | 'upload';
  progress: (bytes: number) => void;
}

const HEARTBEAT_MS = 10_000;
/** Heartbeats that may get lost before a step is taken for dead. */
const BEATS_IN_TIMEOUT = 3;

/**
 * Heartbeats carry what is under way; a stop reaches the activity through them, at once when its export is seen to be
 * stopped. @returns a function that ends them.
 */
export function startHeartbeats(exportId: string, stops: Stops, details: () => unknown): () => void {
  const { heartbeatTimeoutMs = Infinity } = activityInfo();
  const beat = () => heartbeat(details());
  const timer = setInterval(beat, Math.min(HEARTBEAT_MS, heartbeatTimeoutMs / BEATS_IN_TIMEOUT));
  const endWatch = stops.watch(exportId, beat);
  return () => {
    clearInterval(timer);
    endWatch();
  };
}

export function newCallBeat(): CallBeat & { bytes: number } {
  const beat: CallBeat & { bytes: number } = { phase: 'claim', bytes: 0, progress: (bytes) => (beat.bytes = bytes) };
  return beat;
}
