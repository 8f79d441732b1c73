import { closeSync, openSync, readFileSync } from 'node:fs';
import { type GuardedProcess, startGuarded } from '../servers/guarded-process.ts';

export interface OwnProcessOptions {
  projectRoot: string;
  /** Entry of this project and its arguments. */
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Where its output goes, beginning anew. */
  logFile: string;
}

/** Starts an entry of this project beside us; it ends with us, its output goes to a file. */
export async function startOwnProcess(options: OwnProcessOptions): Promise<GuardedProcess> {
  closeSync(openSync(options.logFile, 'w', 0o600));
  return startGuarded({
    command: '/bin/sh',
    // exec: the shell becomes the program, so that its process id and its end are the program's.
    args: ['-c', 'log=$1; shift; exec "$@" >>"$log" 2>&1', 'sh', options.logFile, process.execPath, '--import', 'tsx', ...options.args], // prettier-ignore
    cwd: options.projectRoot,
    env: options.env,
    deathSignal: 'SIGTERM',
  });
}

/** The last lines of a log, for an error message. */
export function lastLines(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
}
