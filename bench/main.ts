// `npm run bench`: what the product costs, each figure beside its reference of the same run (docs/benchmarks.md).
import { parseArgs } from 'node:util';
import { findExportError } from '../errors/export-error.ts';
import { exitCodeOfSignal, stopSignal } from '../scripts/stop-signal.ts';
import { amocrmRequests } from './amocrm-requests.ts';
import { commands } from './commands.ts';
import { type Figure, isMet, ratioOf } from './figure.ts';
import { ledgerInserts } from './ledger-inserts.ts';
import { ledgerProgress } from './ledger-progress.ts';
import { ledgerTransfers } from './ledger-transfers.ts';
import { describeMachine } from './machine.ts';
import { memory } from './memory.ts';
import { orchestration } from './orchestration.ts';
import { recognise } from './recognise.ts';
import { report } from './report.ts';
import { type BenchStage, createStage } from './stage.ts';
import { tableOf } from './table.ts';
import { transferEndToEnd } from './transfer-end-to-end.ts';
import { transferParts } from './transfer-parts.ts';

const USAGE = `Usage: npm run bench -- [options]
  --only LIST      comma-separated: orchestration, ledger, transfer, recognise, memory, requests, commands,
                   report
  --quick          one small round of each: whether it works, not how fast it is
  --json           the figures as JSON on standard output
  --cpu-prof DIR   CPU profiles of the processes that carry calls`;

type Benchmark = (stage: BenchStage) => Promise<Figure[]>;

const BENCHMARKS: Record<string, readonly Benchmark[]> = {
  orchestration: [orchestration],
  ledger: [ledgerInserts, ledgerProgress, ledgerTransfers],
  transfer: [transferParts, transferEndToEnd],
  recognise: [recognise],
  memory: [memory],
  requests: [amocrmRequests],
  commands: [commands],
  report: [report],
};

const say = (line: string) => console.error(line);

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'cpu-prof': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const chosen = values.only?.split(',') ?? Object.keys(BENCHMARKS);
    if (chosen.every((name) => Object.hasOwn(BENCHMARKS, name))) return { ...values, chosen };
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
  say(USAGE);
  process.exit(2);
}

const options = readOptions();
const interrupted = stopSignal();
const machineAtEnd = describeMachine();
const stage = await createStage({ quick: options.quick, profileFolder: options['cpu-prof'], say });
let exitCode = 0;
try {
  const ended = await Promise.race([runAll(), interrupted]);
  if (typeof ended === 'string') {
    say(`\n${ended}: stopping…`);
    exitCode = exitCodeOfSignal(ended);
  } else {
    print(ended);
  }
} catch (error) {
  say(findExportError(error)?.message ?? String(error instanceof Error ? error.stack : error));
  exitCode = 1;
} finally {
  await stage.close();
}
process.exit(exitCode);

type Results = Record<string, Figure[]>;

async function runAll(): Promise<Results> {
  const results: Results = {};
  for (const name of options.chosen) {
    results[name] = [];
    for (const benchmark of BENCHMARKS[name] ?? []) results[name].push(...(await benchmark(stage)));
  }
  return results;
}

function print(results: Results): void {
  const machine = machineAtEnd();
  if (options.json) {
    const figures = Object.entries(results).flatMap(([benchmark, measured]) =>
      measured.map((figure) => ({ benchmark, ...figure, ratio: ratioOf(figure), met: isMet(figure) })),
    );
    console.log(JSON.stringify({ machine, quick: options.quick, figures }, null, 2));
    return;
  }
  const { date, cpu, cores, memoryGiB, node, load } = machine;
  console.log(`${date} · ${cores} × ${cpu}, ${memoryGiB} GiB · Node ${node} · load ${load.before} → ${load.after}`);
  if (options.quick) console.log('Quick: one small round, for a look; its figures say little.');
  for (const [name, figures] of Object.entries(results)) console.log(`\n${name}\n${tableOf(figures).join('\n')}`);
}
