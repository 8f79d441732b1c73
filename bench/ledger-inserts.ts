import pg from 'pg';
import type { SightedNote } from '../ledger/calls/calls.ts';
import type { Figure } from './figure.ts';
import { secondsOf } from './sample.ts';
import { BENCH_ACCOUNT, closePlan, notesOf, openBenchExport, openBenchLedger, recordAll } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const PAGE_NOTES = 250;
const CONNECTION = { connectionId: 'bench-connection', apiKey: 'AQVN-bench' };

/** Writing down a large account's calls and planning them, beside plain inserts and a plain update of as many rows. */
export async function ledgerInserts(stage: BenchStage): Promise<Figure[]> {
  const databaseUrl = await stage.newDatabase();
  const ledger = await openBenchLedger(databaseUrl, CONNECTION);
  const plain = new pg.Client({ connectionString: databaseUrl });
  await plain.connect();
  try {
    const count = stage.quick ? 5_000 : 100_000;
    stage.say(`ledger: writing down and planning ${count} calls…`);
    const notes = notesOf(count, (number) => `https://pbx.example/records/${number}/rec.mp3`);
    const exportId = await openBenchExport(ledger, CONNECTION);
    const inserting = await secondsOf(() => recordAll(ledger, exportId, notes));
    const again = await secondsOf(() => recordAll(ledger, exportId, notes));
    const closing = await secondsOf(() => closePlan(ledger, exportId, 100));

    await plain.query('create table plain_calls (like calls including all)');
    const plainInserting = await secondsOf(() => insertPlainly(plain, notes));
    const plainUpdating = await secondsOf(() => plain.query(`update plain_calls set source = 'planned'`));
    return [
      {
        name: `insert ${count} calls, pages of ${PAGE_NOTES}`,
        value: count / inserting,
        unit: 'calls/s',
        reference: { name: 'plain inserts of the same pages into one table', value: count / plainInserting },
      },
      { name: 'see the same pages again', value: count / again, unit: 'calls/s' },
      {
        name: `closePlan over ${count} calls`,
        value: closing,
        unit: 's',
        reference: { name: 'plain update of as many rows of one table', value: plainUpdating },
      },
    ];
  } finally {
    await plain.end();
    await ledger.close();
  }
}

async function insertPlainly(client: pg.Client, notes: readonly SightedNote[]): Promise<void> {
  for (let start = 0; start < notes.length; start += PAGE_NOTES) {
    await client.query(
      `insert into plain_calls (account_id, note_id, entity_type, entity_id, direction, started_at, talk_seconds,
                                operator_id, link, phone, uniq, source)
       select $1, "noteId", "entityType", "entityId", direction, "startedAt", "talkSeconds", "operatorId", link, phone,
              uniq, source
         from json_to_recordset($2::json)
           as n("noteId" bigint, "entityType" text, "entityId" bigint, direction text, "startedAt" timestamptz,
                "talkSeconds" int, "operatorId" bigint, link text, phone text, uniq text, source text)`,
      [BENCH_ACCOUNT, JSON.stringify(notes.slice(start, start + PAGE_NOTES))],
    );
  }
}
