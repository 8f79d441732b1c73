import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { openTestLedger, planned, sightedNote, type TestLedger, SENT } from '../support/ledger.ts';

const STATES = ['skipped', 'planned', 'uploading', 'committing', 'exported', 'failed', 'waiting', 'unconfirmed'];

describe('totals', () => {
  let t: TestLedger;
  let db: Database;
  let nextNote = 1;
  beforeAll(async () => {
    t = await openTestLedger();
    db = openDatabase(t.databaseUrl);
  });
  afterAll(async () => {
    await db.destroy();
    await t.close();
  });

  test('always equal a count of the calls, whatever moves they make, and in whatever groups', async () => {
    const move = fc.record({
      calls: fc.uniqueArray(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 20 }),
      state: fc.constantFrom(...STATES),
      reason: fc.constantFrom(null, 'recording_expired', 'too_short'),
      bytes: fc.integer({ min: 0, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 12 }), async (moves) => {
        const exportId = await planned(
          t.ledger,
          Array.from({ length: 20 }, () => sightedNote({ noteId: nextNote++ })),
        );
        const { rows: calls } = await sql<{ id: number }>`
          select call_id as id from transfers where export_id = ${exportId} order by 1`.execute(db);
        for (const { calls: chosen, state, reason, bytes } of moves) {
          const ids = chosen.map((index) => calls[index]?.id ?? 0);
          await sql`
            update transfers set state = ${state}, reason = ${reason}, bytes = ${bytes}
             where export_id = ${exportId} and call_id = any(${ids})`.execute(db);
        }
        await sql`delete from transfers where export_id = ${exportId} and call_id = ${calls[0]?.id ?? 0}`.execute(db);

        const counted = await sql`
          select transfer_bucket(state) as bucket, coalesce(reason, '') as reason, count(*)::bigint as calls,
                 sum(talk_seconds)::bigint as seconds, sum(coalesce(bytes, 0))::bigint as bytes
            from transfers where export_id = ${exportId} group by 1, 2 order by 1, 2`.execute(db);
        const tallied = await sql`
          select bucket, reason, sum(calls)::bigint as calls, sum(talk_seconds)::bigint as seconds,
                 sum(bytes)::bigint as bytes
            from tallies where export_id = ${exportId} group by 1, 2 having sum(calls) <> 0 order by 1, 2`.execute(db);
        expect(tallied.rows).toEqual(counted.rows);
      }),
      { numRuns: 30 },
    );
  });

  test('lanes that finish at the same moment do not wait for each other in a circle', async () => {
    const exportId = await planned(
      t.ledger,
      Array.from({ length: 320 }, () => sightedNote({ noteId: nextNote++ })),
    );
    const calls = await t.ledger.transfers.remainingOfBatch(exportId, 0);
    const more = await Promise.all([1, 2, 3].map((batch) => t.ledger.transfers.remainingOfBatch(exportId, batch)));
    const all = [...calls, ...more.flat()];
    expect(all).toHaveLength(320);
    const send = async (callId: number) => {
      const claim = await t.ledger.transfers.claim({ exportId, callId });
      if (claim.kind !== 'claimed') throw new Error('not claimed');
      await t.ledger.transfers.markCommitting(claim.lease, SENT);
      await t.ledger.transfers.recordExported(claim.lease, { talkId: `aud${callId}`, bytes: 10, audioFormat: 'mp3' });
    };
    // As many as a worker has.
    const lanes = Array.from({ length: 64 }, (_, lane) => all.filter((__, at) => at % 64 === lane));
    await Promise.all(
      lanes.map(async (lane) => {
        for (const { callId } of lane) await send(callId);
      }),
    );
    expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({ exported: 320, remaining: 0 });
    expect((await t.ledger.progress.read(exportId)).bytes.uploaded).toBe(3_200);
  });
});
