import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { openDatabase } from '../ledger/database/database.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { reportCells } from '../client/reports/report-cells.ts';
import { reportContent } from '../client/reports/report-content.ts';
import type { Figure } from './figure.ts';
import { BENCH_ACCOUNT, closePlan, notesOf, openBenchExport, openBenchLedger, recordAll } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const CONNECTION = { connectionId: 'bench-connection', apiKey: 'AQVN-bench' };
const MIB = 1024 * 1024;
const SAMPLE_MS = 20;
const COLLECT_EVERY = 50;
const MAX_GROWTH = 1.15;

/** Memory of a process that writes a large report as a workbook, beside one that writes a tenth of it. */
export async function report(stage: BenchStage): Promise<Figure[]> {
  const databaseUrl = await stage.newDatabase();
  const ledger = await openBenchLedger(databaseUrl, CONNECTION);
  try {
    const calls = stage.quick ? 10_000 : 1_000_000;
    stage.say(`report: writing ${calls} calls down…`);
    const small = await exportOf(ledger, databaseUrl, calls / 10, 1);
    const large = await exportOf(ledger, databaseUrl, calls, 1 + calls);
    // What the process takes once for all reports is not counted.
    await written(ledger, small);
    stage.say(`report: writing them as a workbook…`);
    const tenth = await written(ledger, small);
    const whole = await written(ledger, large);
    return [
      {
        name: `memory in use for a workbook of ${calls} calls`,
        value: whole.inUseMiB,
        unit: 'MiB',
        reference: { name: 'for a tenth of them', value: tenth.inUseMiB },
        aim: { of: 'ratio', atMost: MAX_GROWTH },
      },
      { name: '  its size', value: whole.bytes / MIB, unit: 'MiB' },
      {
        name: '  time',
        value: whole.seconds,
        unit: 's',
        reference: { name: 'of a tenth of them, ten times', value: 10 * tenth.seconds },
      },
      { name: '  longest wait for the event loop', value: whole.stallMs, unit: 'ms' },
    ];
  } finally {
    await ledger.close();
  }
}

/** One call written down as a listing does; the others are copies of its rows. */
async function exportOf(ledger: Ledger, databaseUrl: string, calls: number, first: number): Promise<string> {
  const exportId = await openBenchExport(ledger, CONNECTION);
  const [pattern] = notesOf(1, (number) => `https://pbx.example/records/${number}/rec.mp3`, first);
  if (!pattern) throw new Error('no call to copy');
  await recordAll(ledger, exportId, [pattern]);
  await closePlan(ledger, exportId, 100);
  const db = openDatabase(databaseUrl);
  try {
    for (const [table, own] of [
      ['calls', { call_id: 'k.call_id + n', note_id: 'k.note_id + n', uniq: "k.uniq || '-' || n" }],
      ['transfers', { call_id: 'k.call_id + n' }],
      ['plan_facts', { call_id: 'k.call_id + n', note_id: 'k.note_id + n' }],
    ] as const) {
      const { rows } = await sql<{ column: string }>`
        select column_name as column from information_schema.columns
         where table_name = ${table} and is_generated = 'NEVER' order by ordinal_position`.execute(db);
      const columns = rows.map(({ column }) => column);
      const values = columns.map((column) => (own as Record<string, string>)[column] ?? `k.${column}`);
      const where =
        table === 'calls'
          ? sql`k.account_id = ${BENCH_ACCOUNT} and k.note_id = ${first}`
          : sql`k.export_id = ${exportId}`;
      await sql`
        insert into ${sql.table(table)} (${sql.raw(columns.join(', '))}) overriding system value
        select ${sql.raw(values.join(', '))} from ${sql.table(table)} k, generate_series(1, ${calls - 1}) n
         where ${where}`.execute(db);
    }
    await sql`select setval(pg_get_serial_sequence('calls', 'call_id'), (select max(call_id) from calls))`.execute(db);
    await sql`analyze`.execute(db);
  } finally {
    await db.destroy();
  }
  return exportId;
}

/** Writes the report out, and looks at what is in use between two pages when all garbage has been collected. */
async function written(ledger: Ledger, exportId: string) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let inUse = 0;
  let stallMs = 0;
  const state = { running: true };
  const watching = (async () => {
    for (let look = 1; state.running; look++) {
      const at = performance.now();
      await pause(SAMPLE_MS);
      stallMs = Math.max(stallMs, performance.now() - at - SAMPLE_MS);
      if (look % COLLECT_EVERY !== 0) continue;
      collect();
      const { heapUsed, external } = process.memoryUsage();
      inUse = Math.max(inUse, heapUsed + external);
    }
  })();
  const started = performance.now();
  const reader = { host: 'bench.amocrm.ru', timeZone: 'Europe/Moscow', language: 'ru' } as const;
  let bytes = 0;
  for await (const chunk of reportContent(reportCells(ledger.report.rows(exportId), reader), 'xlsx')) {
    bytes += (chunk as Uint8Array).byteLength;
  }
  const seconds = (performance.now() - started) / 1000;
  state.running = false;
  await watching;
  return { inUseMiB: inUse / MIB, bytes, seconds, stallMs };
}
