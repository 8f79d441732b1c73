/** A call that failed lately, as the ledger tells of it. */
export interface LatestFailure {
  callId: number;
  noteId: number;
  reason: string;
}
