import { setTimeout as pause } from 'node:timers/promises';
import { ExportError, findExportError } from '../errors/export-error.ts';
import type { Turn } from '../ledger/brakes.ts';
import type { SpeechSense } from '../speechsense/speechsense.ts';
import type { UploadHooks, UploadRequest, UploadResult } from '../speechsense/upload.ts';

/** How long a received recording is kept for a SpeechSense that is away; then another attempt receives it again. */
const PATIENCE_MS = 10 * 60_000;
/** Those who wait come back a little apart, and hear soon when the service is back. */
const MAX_PAUSE_MS = 5_000;
const CUT_PAUSE_MS = 1_000;

/** The brake of the account, see `createBrakes`. */
export interface Brake {
  turn: () => Promise<Turn>;
  pull: (retryAfterMs: number | undefined) => Promise<void>;
  release: () => Promise<void>;
}

/** What passes by itself, and is certain that nothing was stored. `away` is everybody's trouble, not this upload's. */
const PASSING: Partial<Record<string, 'away' | 'cut'>> = {
  speechsense_unavailable: 'away',
  speechsense_tls_failed: 'away',
  speechsense_throttled: 'away',
  upload_cut: 'cut',
};

/**
 * Uploads, and tries again in place while SpeechSense is away: the recording is here, and its link may have expired by
 * the time of another attempt. All lanes of the account wait together; one of them tries.
 *
 * @param reopen called before every further try.
 */
export async function uploadWhileAway(
  speechSense: SpeechSense,
  request: UploadRequest,
  hooks: UploadHooks,
  brake: Brake,
  reopen: () => Promise<unknown>,
): Promise<UploadResult> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { braked } = await itsTurn(brake, until, request.signal);
    try {
      const result = await speechSense.upload(request, hooks);
      if (braked) await quietly(brake.release());
      return result;
    } catch (error) {
      const known = findExportError(error);
      const passing = known && PASSING[known.code];
      if (passing === 'away') await quietly(brake.pull(known?.retryAfterMs));
      else if (braked && known?.code.startsWith('speechsense_')) await quietly(brake.release());
      if (passing === undefined || request.signal.aborted || performance.now() > until) throw error;
      if (passing === 'cut') await pause(Math.random() * CUT_PAUSE_MS, undefined, { signal: request.signal });
      await reopen();
    }
  }
}

async function itsTurn(brake: Brake, until: number, signal: AbortSignal): Promise<{ braked: boolean }> {
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
