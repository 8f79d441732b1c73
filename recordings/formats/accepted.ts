import { ExportError } from '../../errors/export-error.ts';
import { MIN_SOUND_SECONDS, type Recognised, type TakenFormat } from './audio-format.ts';
import type { Conversion } from '../ffmpeg/convert.ts';

/** The service's limit. */
const MAX_DURATION_SECONDS = 4 * 60 * 60;
/** Headers round, codecs pad: what is missing beyond this was lost. */
const LOST_SECONDS = 1;
const LOST_SHARE = 0.02;

/** @throws ExportError `recording_empty`, `recording_too_long` */
export function acceptTaken(format: TakenFormat): TakenFormat {
  if (format.durationSeconds < MIN_SOUND_SECONDS) throw new ExportError('recording_empty');
  if (format.durationSeconds > MAX_DURATION_SECONDS) throw new ExportError('recording_too_long');
  return format;
}

/**
 * What came out of a conversion, looked at as if it had come from outside.
 *
 * @throws ExportError `conversion_failed`, `recording_empty`, `recording_too_long`
 */
export function acceptConverted(output: Recognised | undefined, { from, isWhole }: Conversion): TakenFormat {
  const failed = new ExportError('conversion_failed', { values: { format: from } });
  // No output and no complaint: there was nothing to convert.
  if (!output && isWhole) throw new ExportError('recording_empty');
  if (!output?.taken) throw failed;
  if (!isWhole && output.taken.durationSeconds < MIN_SOUND_SECONDS) throw failed;
  return acceptTaken(output.taken);
}

/** Whether there is clearly less sound than the recording's headers claim. */
export function isShort(format: TakenFormat, claimedSeconds = 0): boolean {
  return claimedSeconds - format.durationSeconds > Math.max(LOST_SECONDS, claimedSeconds * LOST_SHARE);
}
