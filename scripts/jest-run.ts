import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { startGuarded } from './servers/guarded-process.ts';

export interface JestRun {
  projectRoot: string;
  /** The caller's own, as given to jest. */
  args: readonly string[];
  /** Where jest writes its result. */
  resultFile: string;
  env: NodeJS.ProcessEnv;
  /** Gets what ends jest and its workers, once it runs. */
  onStart: (stop: () => Promise<void>) => void;
}

export interface JestOutcome {
  /** `N passed, N failed`, and what was skipped. */
  summary: string;
  /** 0 only when something ran and nothing failed. */
  exitCode: number;
}

const STOP_WITHIN_MS = 5_000;

const jestResult = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/** Runs jest with its usual reporter and tells the outcome by its own result file. */
export async function runJest(run: JestRun): Promise<JestOutcome> {
  const jest = path.join(run.projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = await startGuarded({
    command: process.execPath,
    args: [jest, ...run.args, '--json', `--outputFile=${run.resultFile}`],
    cwd: run.projectRoot,
    env: { ...run.env, NODE_OPTIONS: jestNodeOptions(run.env.NODE_OPTIONS) },
    output: 'inherit',
    deathSignal: 'SIGKILL',
  });
  run.onStart(() => child.stop('SIGTERM', STOP_WITHIN_MS));
  const code = await child.exited;

  const text = await readFile(run.resultFile, 'utf8').catch(() => undefined);
  if (text === undefined) return { summary: '0 passed, 0 failed', exitCode: code || 1 };
  const result = jestResult.parse(JSON.parse(text));
  // A suite that cannot even be loaded counts no tests: without this the line would look like a success.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  const succeeded = code === 0 && result.success && failed === 0 && result.numPassedTests > 0;
  return {
    summary: `${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    exitCode: succeeded ? 0 : code || 1,
  };
}

/** Jest runs native ES modules through Node's experimental vm modules, and Node warns of that in every worker. */
function jestNodeOptions(given: string | undefined): string {
  return [given, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'].filter(Boolean).join(' ');
}
