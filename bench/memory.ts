import { type Clouds, startClouds } from './clouds.ts';
import type { Figure } from './figure.ts';
import { forgetPeak, residentMiB } from './proc.ts';
import { startProductWorker } from './product-worker.ts';
import { closePlan, notesOf, openBenchExport, openBenchLedger, recordAll, recordEntities } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const MIB = 1024 * 1024;
/** Slow enough that every upload of a round is under way at once. */
const SLOW_BYTES_PER_SECOND = 3 * MIB;
/** Of recordings that are short enough to stay in memory by themselves. */
const MAX_PER_TRANSFER_MIB = 5;
const SHORT_MIB = 4;
/** Ten times longer recordings take no more memory, within what a process varies by. */
const MAX_GROWTH = 1.1;

/** Memory of the worker while it carries recordings into a sink that reads slowly. A fresh worker for each figure. */
export async function memory(stage: BenchStage): Promise<Figure[]> {
  const clouds = await startClouds({ slowBytesPerSecond: SLOW_BYTES_PER_SECOND });
  try {
    const figures: Figure[] = [];
    const measured = async (sizeMiB: number, atOnce: number) => {
      stage.say(`memory: ${atOnce} at once, ${sizeMiB} MiB each, into a slow sink…`);
      const { idle, peak } = await peakOf(stage, clouds, sizeMiB * MIB, atOnce);
      const name = `worker with ${atOnce} × ${sizeMiB} MiB`;
      figures.push(
        { name, value: peak, unit: 'MiB', reference: { name: 'the same worker idle', value: idle } },
        {
          name: '  for each transfer',
          value: (peak - idle) / atOnce,
          unit: 'MiB',
          ...(sizeMiB <= SHORT_MIB ? { aim: { of: 'value', atMost: MAX_PER_TRANSFER_MIB } as const } : {}),
        },
      );
      return { name, value: peak };
    };
    await measured(SHORT_MIB, 32);
    await measured(20, 32);
    const long = await measured(20, 8);
    const { value } = await measured(200, 8);
    figures.push({
      name: '  beside ten times shorter ones',
      value,
      unit: 'MiB',
      reference: long,
      aim: { of: 'ratio', atMost: MAX_GROWTH },
    });
    return figures;
  } finally {
    await clouds.stop();
  }
}

async function peakOf(stage: BenchStage, clouds: Clouds, sizeBytes: number, atOnce: number) {
  const databaseUrl = await stage.newDatabase();
  const ledger = await openBenchLedger(databaseUrl, clouds);
  const exportId = await openBenchExport(ledger, clouds);
  // Small ones first, so that the idle worker has its code compiled and its connections open.
  const warmUp = 2 * atOnce;
  const notes = notesOf(2 * warmUp, (number) => clouds.link(number, number <= warmUp ? 64 * 1024 : sizeBytes));
  await recordAll(ledger, exportId, notes);
  await recordEntities(ledger, notes);
  await closePlan(ledger, exportId, warmUp);

  const worker = await startProductWorker(stage, databaseUrl, clouds);
  try {
    await worker.transferBatch(exportId, 0, atOnce);
    const { now: idle } = residentMiB(worker.pid);
    forgetPeak(worker.pid);
    await worker.transferBatch(exportId, 1, atOnce);
    return { idle, peak: residentMiB(worker.pid).peak };
  } finally {
    await worker.stop();
    await ledger.close();
  }
}
