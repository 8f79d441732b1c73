import { CancelledFailure } from '@temporalio/activity';
import { findExportError } from '../../errors/export-error.ts';
import { toLedgerError } from '../../ledger/database/database.ts';
import { patiently } from '../../ledger/database/patiently.ts';
import type { TransferRef } from '../../ledger/exports/transfers.ts';
import { createCallCarrier, type TransferDeps, type TransferResult } from './call-carrier.ts';
import { newCallBeat, startHeartbeats } from './heartbeats.ts';
import { knownForAll } from './known-for-all.ts';
import { Stops } from './stops.ts';
import { runShift, type ShiftResult } from './shift.ts';

export interface ShiftInput {
  exportId: string;
  /** Calls of one batch. */
  callIds: number[];
  /** Calls under way at once. */
  lanes: number;
}

/** Calls that are not given back wait until this step is found dead. */
const GIVE_BACK_PATIENCE_MS = 5 * 60_000;

/** How recordings come from the telephony to SpeechSense: many calls a step, or one. */
export function createTransferActivities(deps: TransferDeps) {
  const { transfers } = deps.ledger;
  const carry = createCallCarrier(deps);
  const stops = new Stops((exportIds) => deps.ledger.exports.stoppingAmong(exportIds));

  return {
    /**
     * Exports calls some at a time. A call with trouble that may pass is given back and named, so that it goes on as a
     * step of its own, with Temporal's retries. Run twice, it does nothing the second time; killed at any moment, the
     * next attempt takes over what it held.
     *
     * @throws {ExportError} for what concerns every call: a refused token or key, the end of the worker.
     */
    transferShift: async ({ exportId, callIds, lanes }: ShiftInput): Promise<ShiftResult> => {
      const known = knownForAll(deps.ledger);
      const underWay = new Map<number, ReturnType<typeof newCallBeat>>();
      const endHeartbeats = startHeartbeats(exportId, stops, () =>
        [...underWay].map(([call, { phase, bytes }]) => ({ call, phase, bytes })),
      );
      try {
        return await runShift(
          {
            claim: async (ids) => {
              const claims = await transfers.claimAll(exportId, ids);
              return claims.filter((claim) => claim.kind === 'claimed');
            },
            idOf: ({ lease }) => lease.callId,
            async carry({ lease, call }) {
              const beat = newCallBeat();
              underWay.set(lease.callId, beat);
              try {
                await carry(lease, call, beat, known);
              } finally {
                underWay.delete(lease.callId);
              }
            },
            giveBack: (claims) =>
              patiently(() => transfers.giveBack(claims.map(({ lease }) => lease)), GIVE_BACK_PATIENCE_MS),
            endsShift: concernsEveryCall,
          },
          { callIds, lanes },
        );
      } finally {
        endHeartbeats();
      }
    },

    /**
     * Exports one call, or records why it can't be. Run twice, it does nothing the second time; killed at any moment,
     * the next attempt goes on from what the ledger says.
     *
     * @throws {ExportError} for what is not the call's own fault: an outage (tried again), a refused token or key
     * (blocks the export). Stopped, it gives the call back.
     */
    transferCall: async (ref: TransferRef): Promise<TransferResult> => {
      const claim = await transfers.claim(ref);
      if (claim.kind === 'settled') return { state: claim.state };
      const beat = newCallBeat();
      const endHeartbeats = startHeartbeats(ref.exportId, stops, () => ({ phase: beat.phase, bytes: beat.bytes }));
      try {
        return await carry(claim.lease, claim.call, beat, knownForAll(deps.ledger));
      } finally {
        endHeartbeats();
      }
    },
  };
}

/** A stop, the worker's end, and what neither time nor another attempt can mend. */
function concernsEveryCall(error: unknown): boolean {
  if (error instanceof CancelledFailure) return true;
  const { code, kind } = findExportError(error) ?? toLedgerError(error);
  return code === 'worker_stopping' || kind === 'auth' || kind === 'permanent';
}
