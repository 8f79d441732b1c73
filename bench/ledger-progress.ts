import type { Ledger } from '../ledger/ledger.ts';
import type { Figure } from './figure.ts';
import { median, secondsOf } from './sample.ts';
import { closePlan, notesOf, openBenchExport, openBenchLedger, recordAll } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const CONNECTION = { connectionId: 'bench-connection', apiKey: 'AQVN-bench' };
const SMALL = 1_000;

/** A status call on a large export beside one on a small one: it must not depend on the number of calls. */
export async function ledgerProgress(stage: BenchStage): Promise<Figure[]> {
  const ledger = await openBenchLedger(await stage.newDatabase(), CONNECTION);
  try {
    const large = stage.quick ? 5_000 : 100_000;
    stage.say(`ledger: reading the progress of ${large} calls…`);
    const small = await plannedExport(ledger, SMALL, 1);
    const big = await plannedExport(ledger, large, 1 + SMALL);
    const reads = stage.quick ? 50 : 500;
    await readingMs(ledger, small, reads);
    return [
      {
        name: `read the progress of ${large} calls`,
        value: await readingMs(ledger, big, reads),
        unit: 'ms',
        reference: { name: `of ${SMALL} calls`, value: await readingMs(ledger, small, reads) },
        aim: { of: 'ratio', atMost: 1.5 },
      },
    ];
  } finally {
    await ledger.close();
  }
}

async function plannedExport(ledger: Ledger, calls: number, first: number): Promise<string> {
  const exportId = await openBenchExport(ledger, CONNECTION);
  const notes = notesOf(calls, (number) => `https://pbx.example/records/${number}/rec.mp3`, first);
  await recordAll(ledger, exportId, notes);
  await closePlan(ledger, exportId, 100);
  return exportId;
}

async function readingMs(ledger: Ledger, exportId: string, reads: number): Promise<number> {
  const times: number[] = [];
  for (let read = 0; read < reads; read++) {
    times.push((await secondsOf(() => ledger.progress.read(exportId))) * 1000);
  }
  return median(times);
}
