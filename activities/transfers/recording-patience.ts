import { FAILURE_REASONS, type FailureReason } from '../../errors/reasons.ts';
import type { ExportError } from '../../errors/export-error.ts';
import type { CallToSend } from '../../ledger/exports/transfers.ts';
import { mayComeYet } from '../../recordings/http/answer-status.ts';
import { wasAnswered } from '../../recordings/links/first-that-has-it.ts';
import { HostRests } from '../../recordings/host-brake.ts';

/** A shorter pause that a telephony asks for is waited out where the call is. */
const LANE_PATIENCE_MS = 5_000;

/**
 * The reason for which a call fails that has no recording to send: the last answer of its own link, if that ever answered.
 * Undefined while time may mend it.
 */
export function recordingFailure(
  error: ExportError,
  call: CallToSend,
  retrySeconds: number,
): FailureReason | undefined {
  // Counted from the first failure in a row, so that somebody else's outage meanwhile costs a call nothing.
  const failingMs = call.recordingFailingMs ?? 0;
  // A host that has failed all others for so long need not be waited for by each of its calls anew.
  const hostFailingMs = Number(error.values.failingMs ?? 0);
  if (error.kind === 'retryable' && Math.max(failingMs, hostFailingMs) < retrySeconds * 1000) return undefined;
  return wasAnswered(error) ? reasonOf(error) : (call.recordingAnswer ?? reasonOf(error));
}

/** A telephony that is not to be asked for a while would keep this lane from calls whose recordings are to be had. */
export function isTelephonyAway({ code, retryAfterMs }: ExportError): boolean {
  return code === 'recording_unreachable' && retryAfterMs !== undefined && retryAfterMs > LANE_PATIENCE_MS;
}

/** Some telephonies write the link before the file is there. */
export function isNotThereYet(error: ExportError, { ageMs }: CallToSend, waitHours: number): boolean {
  return mayComeYet(error) && ageMs < waitHours * 3_600_000;
}

/** What the call's own link answered: a reason. Undefined where it was not asked, or said nothing. */
export function answerOf(error: ExportError): FailureReason | undefined {
  return wasAnswered(error) && error.code.startsWith('recording_') ? reasonOf(error) : undefined;
}

export function reasonOf({ code }: ExportError): FailureReason | undefined {
  return FAILURE_REASONS.find((candidate) => candidate === code);
}

/**
 * Whether a call would fail for what a host that is up has answered to others: before that its own link is asked once,
 * since other calls' recordings may be all that the host cannot give out.
 */
export function deservesLastTry(error: unknown, call: CallToSend, retrySeconds: number): boolean {
  return (
    error instanceof HostRests &&
    error.isUp &&
    call.recordingAnswer === null &&
    recordingFailure(error, call, retrySeconds) !== undefined
  );
}
