import pg from 'pg';
import type { Ledger } from '../ledger/ledger.ts';
import type { Figure } from './figure.ts';
import { inLanes, inRounds, median, secondsOf } from './sample.ts';
import { closePlan, notesOf, openBenchExport, openBenchLedger, recordAll } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const CONNECTION = { connectionId: 'bench-connection', apiKey: 'AQVN-bench' };
const AT_ONCE = 64;
const CLAIMED_AT_ONCE = 16;
const SHIFT_LANES = 8;

/** What the ledger writes for each call, beside as many one-row updates of a plain table. */
export async function ledgerTransfers(stage: BenchStage): Promise<Figure[]> {
  const databaseUrl = await stage.newDatabase();
  const ledger = await openBenchLedger(databaseUrl, CONNECTION);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  try {
    const rounds = stage.quick ? 1 : 3;
    const callsARound = stage.quick ? 500 : 5_000;
    const calls = rounds * callsARound;
    stage.say(`ledger: ${calls} calls through claim, commit marker and record…`);
    const exportId = await openBenchExport(ledger, CONNECTION);
    await recordAll(
      ledger,
      exportId,
      notesOf(calls, (number) => `https://pbx.example/records/${number}/rec.mp3`),
    );
    await closePlan(ledger, exportId, callsARound);
    await pool.query(
      `create table plain_transfers as select call_id, state, updated_at from transfers where export_id = $1`,
      [exportId],
    );
    await pool.query('alter table plain_transfers add primary key (call_id)');

    let batch = 0;
    const measured = await inRounds(rounds, {
      product: async () => {
        const remaining = await ledger.transfers.remainingOfBatch(exportId, batch++);
        return (
          remaining.length /
          (await secondsOf(() =>
            throughLedger(
              ledger,
              exportId,
              remaining.map(({ callId }) => callId),
            ),
          ))
        );
      },
      plain: async () => callsARound / (await secondsOf(() => throughPlainTable(pool, callsARound))),
    });
    return [
      {
        name: `claim, mark, record at ${AT_ONCE} at once`,
        value: median(measured.product),
        unit: 'calls/s',
        reference: { name: 'three one-row updates of a plain table', value: median(measured.plain) },
      },
    ];
  } finally {
    await pool.end();
    await ledger.close();
  }
}

/** As shifts do it: claimed sixteen at a time, marked and recorded one by one. */
async function throughLedger(ledger: Ledger, exportId: string, callIds: number[]): Promise<void> {
  const shifts = Array.from({ length: Math.ceil(callIds.length / CLAIMED_AT_ONCE) }, (_, nth) =>
    callIds.slice(nth * CLAIMED_AT_ONCE, (nth + 1) * CLAIMED_AT_ONCE),
  );
  await inLanes(AT_ONCE / SHIFT_LANES, shifts, async (shift) => {
    const claims = await ledger.transfers.claimAll(exportId, shift);
    await inLanes(SHIFT_LANES, claims, async (claim) => {
      if (claim.kind !== 'claimed') throw new Error(`a call is ${claim.state}`);
      const { lease } = claim;
      const marked = await ledger.transfers.markCommitting(lease, {
        sent: { call_id: String(lease.callId), date: '2026-11-02T12:00:00+03:00', client_id: '1', operator_id: '7' },
        bytes: 1_000_000,
        audioFormat: 'mp3',
      });
      if (marked !== 'marked') throw new Error(`call ${lease.callId} is ${marked}`);
      await ledger.transfers.recordExported(lease, {
        talkId: `talk-${lease.callId}`,
        bytes: 1_000_000,
        audioFormat: 'mp3',
      });
    });
  });
}

async function throughPlainTable(pool: pg.Pool, calls: number): Promise<void> {
  const { rows } = await pool.query<{ call_id: string }>('select call_id from plain_transfers limit $1', [calls]);
  await inLanes(AT_ONCE, rows, async ({ call_id: callId }) => {
    for (const state of ['uploading', 'committing', 'exported']) {
      await pool.query('update plain_transfers set state = $2, updated_at = now() where call_id = $1', [callId, state]);
    }
  });
}
