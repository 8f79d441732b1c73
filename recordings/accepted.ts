import { ExportError } from '../errors/export-error.ts';
import type { AudioFormat, TakenContainer } from './audio-format.ts';

/** The service's limit. */
const MAX_DURATION_SECONDS = 4 * 60 * 60;
/** Headers round, codecs pad: what is missing beyond this was lost. */
const LOST_SECONDS = 1;
const LOST_SHARE = 0.02;

export interface TakenFormat extends AudioFormat {
  container: TakenContainer;
}

export function isTaken(format: AudioFormat): format is TakenFormat {
  return format.container !== undefined;
}

/** @throws ExportError `recording_not_audio`, `recording_truncated`, `recording_too_long` */
export function acceptReceived(format: AudioFormat | undefined): AudioFormat {
  if (!format) throw new ExportError('recording_not_audio');
  if (format.truncated) throw new ExportError('recording_truncated');
  if ((format.durationSeconds ?? 0) > MAX_DURATION_SECONDS) throw new ExportError('recording_too_long');
  return format;
}

/**
 * What came out of a conversion, looked at as if it had come from outside. It may be longer than the original's header
 * said (recorders that crash leave a short one), never shorter.
 *
 * @throws ExportError `conversion_failed`, `recording_truncated`, `recording_too_long`
 */
export function acceptConverted(format: AudioFormat | undefined, from: AudioFormat): TakenFormat {
  const seconds = format?.durationSeconds ?? 0;
  if (!format || !isTaken(format) || format.truncated || seconds === 0) {
    throw new ExportError('conversion_failed', { values: { format: from.name } });
  }
  const expected = from.durationSeconds ?? 0;
  if (expected - seconds > Math.max(LOST_SECONDS, expected * LOST_SHARE)) throw new ExportError('recording_truncated');
  if (seconds > MAX_DURATION_SECONDS) throw new ExportError('recording_too_long');
  return format;
}
