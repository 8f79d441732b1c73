import { type Carried, runCarrier } from './carrier.ts';
import { type Clouds, startClouds } from './clouds.ts';
import type { Figure } from './figure.ts';
import { startPipeWorker } from './pipe-worker.ts';
import { cpuSeconds } from './proc.ts';
import { startProductWorker } from './product-worker.ts';
import { inRounds, median, secondsOf } from './sample.ts';
import { closePlan, notesOf, openBenchExport, openBenchLedger, recordAll, recordEntities } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const MIB = 1024 * 1024;
const LANES = 16;

interface Run {
  callsPerSecond: number;
  /** Processor milliseconds a call, of each process that took part. */
  cpu: Record<string, number>;
}

/**
 * Recordings of 1 MiB through everything: Temporal, the worker, the ledger. Beside it the bare pipe alone, and the bare
 * pipe as the step of a bare workflow, which shows what of the difference is Temporal's.
 */
export async function transferEndToEnd(stage: BenchStage): Promise<Figure[]> {
  const calls = stage.quick ? 50 : 400;
  const rounds = stage.quick ? 1 : 3;
  const clouds = await startClouds();
  try {
    stage.say('transfer: getting the workers ready…');
    const product = await productTransfers(stage, clouds, calls, rounds);
    const pipe = await pipeTransfers(stage, clouds, calls);
    stage.say(`transfer: ${calls} calls of 1 MiB at ${LANES} lanes, end to end…`);
    const runs = await inRounds(rounds, {
      alone: () => pipeAlone(clouds, calls),
      underTemporal: pipe.run,
      product: product.run,
    });
    await product.stop();
    await pipe.stop();

    const speed = (all: Run[]) => median(all.map(({ callsPerSecond }) => callsPerSecond));
    const alone = { name: 'bare pipe', value: speed(runs.alone) };
    const underTemporal = { name: 'bare pipe as a step of a bare workflow', value: speed(runs.underTemporal) };
    const value = speed(runs.product);
    const cpu = (all: Run[], process: string) => median(all.map((run) => run.cpu[process] ?? 0));
    return [
      {
        name: `end to end, ${LANES} × 1 MiB`,
        value,
        unit: 'MiB/s',
        reference: alone,
        aim: { of: 'ratio', atLeast: 0.7 },
      },
      { name: '  beside the pipe under Temporal', value, unit: 'calls/s', reference: underTemporal },
      ...['worker', 'Temporal', 'Postgres', 'telephony and SpeechSense'].map((process) => ({
        name: `  processor time, ${process}`,
        value: cpu(runs.product, process),
        unit: 'ms/call',
        reference: { name: underTemporal.name, value: cpu(runs.underTemporal, process) },
      })),
    ];
  } finally {
    await clouds.stop();
  }
}

async function pipeAlone(clouds: Clouds, calls: number): Promise<Run> {
  const carried: Carried = await runCarrier(clouds, {
    way: 'bare pipe',
    sizeBytes: MIB,
    transfers: calls,
    atOnce: LANES,
  });
  return { callsPerSecond: calls / carried.seconds, cpu: {} };
}

async function pipeTransfers(stage: BenchStage, clouds: Clouds, calls: number) {
  const links = Array.from({ length: calls }, (_, number) => clouds.link(number, MIB));
  const worker = await startPipeWorker(stage, clouds, links);
  const { pid: temporal } = await stage.temporal();
  await worker.transfer(LANES);
  const pids = { worker: worker.pid, Temporal: temporal, 'telephony and SpeechSense': clouds.pid };
  return { run: () => measured(calls, pids, () => worker.transfer(LANES)), stop: () => worker.stop() };
}

/** The product's way: a ledger with a batch for each round, and one to warm up. */
async function productTransfers(stage: BenchStage, clouds: Clouds, calls: number, rounds: number) {
  const databaseUrl = await stage.newDatabase();
  const ledger = await openBenchLedger(databaseUrl, clouds);
  const exportId = await openBenchExport(ledger, clouds);
  const notes = notesOf(calls * (rounds + 1), (number) => clouds.link(number, MIB));
  await recordAll(ledger, exportId, notes);
  await recordEntities(ledger, notes);
  await closePlan(ledger, exportId, calls);

  const worker = await startProductWorker(stage, databaseUrl, clouds);
  const [{ pid: temporal }, { pid: postgres }] = await Promise.all([stage.temporal(), stage.postgres()]);
  const pids = { worker: worker.pid, Temporal: temporal, Postgres: postgres, 'telephony and SpeechSense': clouds.pid };
  let batch = 0;
  await worker.transfer(exportId, batch++, LANES);
  return {
    run: () => measured(calls, pids, () => worker.transfer(exportId, batch++, LANES)),
    stop: async () => {
      await worker.stop();
      const progress = await ledger.progress.read(exportId);
      await ledger.close();
      if (progress.calls.exported !== notes.length)
        throw new Error(`not all were exported: ${JSON.stringify(progress)}`);
    },
  };
}

async function measured(calls: number, pids: Record<string, number>, work: () => Promise<void>): Promise<Run> {
  const before = Object.entries(pids).map(([name, pid]) => [name, pid, cpuSeconds(pid)] as const);
  const seconds = await secondsOf(work);
  const cpu = before.map(([name, pid, from]) => [name, ((cpuSeconds(pid) - from) * 1000) / calls] as const);
  return { callsPerSecond: calls / seconds, cpu: Object.fromEntries(cpu) };
}
