import path from 'node:path';
import { type GuardedProcess, startGuarded } from '../scripts/servers/guarded-process.ts';

const PROJECT_ROOT = path.dirname(import.meta.dirname);

export interface ChildOptions {
  args?: readonly string[];
  env?: Record<string, string>;
  /** Where Node writes a CPU profile of it when it ends. */
  profileFolder?: string | undefined;
}

/** Runs a TypeScript file of this project in a process of its own, with its environment and nothing else. */
export function startChild(file: string, { args = [], env = {}, profileFolder }: ChildOptions = {}) {
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  return startGuarded({
    command: process.execPath,
    args: [...profiling, '--import', 'tsx', path.join(PROJECT_ROOT, file), ...args],
    cwd: PROJECT_ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    deathSignal: 'SIGKILL',
  });
}

/** What the process printed as its last line. @throws Error with its last words when that is no JSON. */
export function lastJson(child: GuardedProcess): unknown {
  const line = child.lastOutput().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`a process of the benchmark did not answer; its last words:\n${child.lastOutput()}`);
  }
}
