import { setTimeout as pause } from 'node:timers/promises';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import type { Turn } from '../../ledger/pacing/brakes.ts';
import type { SpeechSense } from '../../speechsense/speechsense.ts';
import type { UploadHooks, UploadRequest, UploadResult } from '../../speechsense/uploads/upload.ts';

/**
 * How long a received recording is kept for a SpeechSense that is away, because its link may be dead by the time of
 * another attempt, which would receive it again. With the download it stays well below what an attempt may take.
 */
const PATIENCE_MS = 60 * 60_000;
/** Those who wait come back a little apart, and hear soon when the service is back. */
const MAX_PAUSE_MS = 5_000;
const CUT_PAUSE_MS = 1_000;

/** The brake of the account, see `createBrakes`. */
export interface Brake {
  turn: () => Promise<Turn>;
  pull: () => Promise<void>;
  release: () => Promise<void>;
  handBack: () => Promise<void>;
}

/** What passes by itself, and is certain that nothing was stored. */
const PASSING: ReadonlySet<string> = new Set([
  'speechsense_unavailable',
  'speechsense_tls_failed',
  'speechsense_throttled',
  'upload_cut',
]);

/**
 * Waits until SpeechSense may be tried, and then does what an upload needs first. So nothing is fetched for a service
 * that is away, time after time. An upload follows, which gets the turn: this lane may be the one that tries.
 *
 * @throws ExportError `speechsense_unavailable` when it is not this lane's turn for an hour; what `work` throws.
 */
export async function inTurn<T>(
  brake: Brake,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<{ turn: UploadTurn; result: T }> {
  const turn = await itsTurn(brake, performance.now() + PATIENCE_MS, signal);
  try {
    return { turn, result: await work() };
  } catch (error) {
    // It has not tried after all; nobody shall wait for what it meets.
    if (turn.braked) await quietly(brake.handBack());
    throw error;
  }
}

/** `braked`: as the one that tries whether SpeechSense is back. */
export interface UploadTurn {
  braked: boolean;
}

/**
 * Uploads, and tries again in place while SpeechSense is away: the recording is here, and its link may have expired by
 * the time of another attempt. All lanes of the account wait together; one of them tries.
 *
 * @param first the turn that was taken for it; it only counts when it is the braked one, as it may be old by now.
 * @param reopen called before every further try.
 * @param ending no further try begins once it is aborted; the one under way ends by `request.signal`.
 */
export async function uploadWhileAway(
  speechSense: SpeechSense,
  request: UploadRequest,
  hooks: UploadHooks,
  brake: Brake,
  first: UploadTurn,
  reopen: () => Promise<unknown>,
  ending: AbortSignal = request.signal,
): Promise<UploadResult> {
  const until = performance.now() + PATIENCE_MS;
  let taken = first.braked ? first : undefined;
  for (;;) {
    const { braked } = taken ?? (await itsTurn(brake, until, ending));
    taken = undefined;
    try {
      const result = await speechSense.upload(request, hooks);
      if (braked) await quietly(brake.release());
      return result;
    } catch (error) {
      const known = findExportError(error);
      const away = known !== undefined && !request.signal.aborted && isAway(known);
      if (away) await quietly(brake.pull());
      else if (braked && known?.code.startsWith('speechsense_')) await quietly(brake.release());
      if (known === undefined || !PASSING.has(known.code) || ending.aborted || performance.now() > until) throw error;
      if (!away) await pause(Math.random() * CUT_PAUSE_MS, undefined, { signal: ending });
      await reopen();
    }
  }
}

/**
 * Everybody's trouble, not this upload's. Also an answer that was lost behind the half-close, and a stall: an outage
 * that shows only there would else take every recording whole and leave each call in doubt.
 */
function isAway({ code, values }: ExportError): boolean {
  if (code === 'upload_cut') return values.what === 'stalled';
  return code === 'upload_unconfirmed' || PASSING.has(code);
}

async function itsTurn(brake: Brake, until: number, signal: AbortSignal): Promise<UploadTurn> {
  for (;;) {
    const turn = await brake.turn();
    if (turn.kind === 'go') return turn;
    if (performance.now() > until) throw new ExportError('speechsense_unavailable', { values: { what: 'held back' } });
    await pause(Math.min(turn.waitMs, MAX_PAUSE_MS) + Math.random() * 100, undefined, { signal });
  }
}

/** The brake is a courtesy: without Postgres it neither loses a talk id nor hides an error. */
async function quietly(work: Promise<void>): Promise<void> {
  await work.catch(() => undefined);
}
