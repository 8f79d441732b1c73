import type { ExportState, ExportStatus } from '../api/types.ts';

const FINAL: readonly ExportState[] = ['completed', 'stopped', 'failed'];

export function isFinal({ state }: Pick<ExportStatus, 'state'>): boolean {
  return FINAL.includes(state);
}

export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Whether it is decided which of the calls found are sent; until then none is planned and none skipped. */
export function isPlanned({ state, calls }: ExportStatus): boolean {
  if (state === 'completed') return true;
  return state !== 'planning' && calls.found > 0 && calls.found === calls.planned + sum(calls.skipped);
}

/** Calls that this export is through with, as the command line counts them: those that wait for a recording too. */
export function doneCalls({ calls }: { calls: Pick<ExportStatus['calls'], 'planned' | 'remaining'> }): number {
  return calls.planned - calls.remaining;
}

/** Whether all that is left to do is to look for uploads whose answer was lost. */
export function isSearching({ state, calls }: ExportStatus): boolean {
  return state === 'settling' && calls.remaining === 0 && calls.unconfirmed > 0;
}

/** 0 to 1; null while the plan is not closed and nobody can know. */
export function shareDone(status: ExportStatus): number | null {
  if (status.state === 'completed') return 1;
  if (status.state === 'planning') return null;
  return status.calls.planned === 0 ? null : doneCalls(status) / status.calls.planned;
}

/** At the pace that the estimated end is reckoned with; null where there is no estimate. */
export function callsPerMinute({ calls, etaSeconds }: ExportStatus): number | null {
  return etaSeconds === null || etaSeconds <= 0 ? null : Math.round((calls.remaining / etaSeconds) * 60);
}
