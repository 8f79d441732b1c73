import { runCarrier } from './carrier.ts';
import { type Clouds, startClouds } from './clouds.ts';
import type { Figure } from './figure.ts';
import { startPipeWorker } from './pipe-worker.ts';
import { cpuSeconds } from './proc.ts';
import { startProductWorker } from './product-worker.ts';
import { inLanes, inRounds, median, secondsOf } from './sample.ts';
import { closePlan, notesOf, openBenchExport, openBenchLedger, recordAll, recordEntities } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const MIB = 1024 * 1024;
const LANES = 16;
const BATCHES = 4;

interface Run {
  callsPerSecond: number;
  /** Processor milliseconds a call, of each process that took part. */
  cpu: Record<string, number>;
}

/** Something that carries the calls of a round, so many batches at a time. */
interface Runner {
  run(openBatches: number): Promise<Run>;
  stop(): Promise<void>;
}

/**
 * Recordings of 1 MiB through everything: Temporal, the worker, the ledger; one batch of 16 lanes at a time, and four
 * as an export does. Beside it the bare pipe alone, and the bare pipe as the step of bare workflows, which shows what
 * of the difference is Temporal's.
 */
export async function transferEndToEnd(stage: BenchStage): Promise<Figure[]> {
  const batchSize = stage.quick ? 20 : 100;
  const rounds = stage.quick ? 1 : 3;
  const calls = BATCHES * batchSize;
  const clouds = await startClouds();
  try {
    stage.say('transfer: getting the workers ready…');
    const product = await productRunner(stage, clouds, batchSize, rounds);
    const pipe = await pipeRunner(stage, clouds, batchSize);
    stage.say(`transfer: ${calls} calls of 1 MiB, end to end…`);
    const runs = await inRounds(rounds, {
      alone: () => pipeAlone(clouds, calls),
      pipeOne: () => pipe.run(1),
      productOne: () => product.run(1),
      pipeFour: () => pipe.run(BATCHES),
      productFour: () => product.run(BATCHES),
    });
    await product.stop();
    await pipe.stop();

    const alone = { name: 'bare pipe, 16 at once', value: speed(runs.alone) };
    const name = 'bare pipe as a step of bare workflows';
    const one = { name, value: speed(runs.pipeOne) };
    const four = { name, value: speed(runs.pipeFour) };
    const aim = { of: 'ratio', atLeast: 0.7 } as const;
    return [
      { name: `end to end, ${LANES} × 1 MiB`, value: speed(runs.productOne), unit: 'MiB/s', reference: alone, aim },
      { name: '  beside the pipe under Temporal', value: speed(runs.productOne), unit: 'MiB/s', reference: one },
      {
        name: `end to end, ${BATCHES} batches of ${LANES} × 1 MiB`,
        value: speed(runs.productFour),
        unit: 'MiB/s',
        reference: alone,
        aim,
      },
      { name: '  beside the pipe under Temporal', value: speed(runs.productFour), unit: 'MiB/s', reference: four },
      ...['worker', 'Temporal', 'Postgres', 'telephony and SpeechSense'].map((process) => ({
        name: `  processor time, ${process}`,
        value: cpuOf(runs.productFour, process),
        unit: 'ms/call',
        reference: { name, value: cpuOf(runs.pipeFour, process) },
      })),
    ];
  } finally {
    await clouds.stop();
  }
}

/** Calls a second, and thereby MiB a second. */
function speed(runs: Run[]): number {
  return median(runs.map(({ callsPerSecond }) => callsPerSecond));
}

function cpuOf(runs: Run[], process: string): number {
  return median(runs.map(({ cpu }) => cpu[process] ?? 0));
}

async function pipeAlone(clouds: Clouds, calls: number): Promise<Run> {
  const { seconds } = await runCarrier(clouds, { way: 'bare pipe', sizeBytes: MIB, transfers: calls, atOnce: LANES });
  return { callsPerSecond: calls / seconds, cpu: {} };
}

async function pipeRunner(stage: BenchStage, clouds: Clouds, batchSize: number): Promise<Runner> {
  const calls = BATCHES * batchSize;
  const links = Array.from({ length: calls }, (_, number) => clouds.link(number, MIB));
  const worker = await startPipeWorker(stage, clouds, links, batchSize);
  const { pid: temporal } = await stage.temporal();
  const pids = { worker: worker.pid, Temporal: temporal, 'telephony and SpeechSense': clouds.pid };
  const transfer = (openBatches: number) => worker.transfer({ batches: BATCHES, openBatches, lanes: LANES });
  await transfer(BATCHES);
  return {
    run: (openBatches) => measured(calls, pids, () => transfer(openBatches)),
    stop: () => worker.stop(),
  };
}

/** The product's way: a ledger with its own batches for each run, and some to warm up. */
async function productRunner(stage: BenchStage, clouds: Clouds, batchSize: number, rounds: number): Promise<Runner> {
  const calls = BATCHES * batchSize;
  const databaseUrl = await stage.newDatabase();
  const ledger = await openBenchLedger(databaseUrl, clouds);
  const exportId = await openBenchExport(ledger, clouds);
  const notes = notesOf(calls * (2 * rounds + 1), (number) => clouds.link(number, MIB));
  await recordAll(ledger, exportId, notes);
  await recordEntities(ledger, notes);
  await closePlan(ledger, exportId, batchSize);

  const worker = await startProductWorker(stage, databaseUrl, clouds);
  const [{ pid: temporal }, { pid: postgres }] = await Promise.all([stage.temporal(), stage.postgres()]);
  const pids = { worker: worker.pid, Temporal: temporal, Postgres: postgres, 'telephony and SpeechSense': clouds.pid };
  let next = 0;
  const transfer = (openBatches: number) => {
    const batches = Array.from({ length: BATCHES }, () => next++);
    return inLanes(openBatches, batches, (batch) => worker.transferBatch(exportId, batch, LANES));
  };
  await transfer(BATCHES);
  return {
    run: (openBatches) => measured(calls, pids, () => transfer(openBatches)),
    stop: async () => {
      await worker.stop();
      const progress = await ledger.progress.read(exportId);
      await ledger.close();
      if (progress.calls.exported !== notes.length) {
        throw new Error(`not all were exported: ${JSON.stringify(progress)}`);
      }
    },
  };
}

async function measured(calls: number, pids: Record<string, number>, work: () => Promise<void>): Promise<Run> {
  const before = Object.entries(pids).map(([name, pid]) => [name, pid, cpuSeconds(pid)] as const);
  const seconds = await secondsOf(work);
  const cpu = before.map(([name, pid, from]) => [name, ((cpuSeconds(pid) - from) * 1000) / calls] as const);
  return { callsPerSecond: calls / seconds, cpu: Object.fromEntries(cpu) };
}
