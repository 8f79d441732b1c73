import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { isNativeError } from 'node:util/types';

export interface GuardedProcessOptions {
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Only root may give these: run as somebody else. */
  user?: { uid: number; gid: number } | undefined;
  /** What the process gets when this one is gone, however it went. */
  deathSignal: 'SIGKILL' | 'SIGINT' | 'SIGTERM';
  /** `inherit` hands this process's terminal on; otherwise the last lines of output are kept for error messages. */
  output?: 'inherit' | 'keep';
}

export interface GuardedProcess {
  readonly pid: number;
  /** Resolves with the exit code, or null when a signal ended it; never rejects. */
  readonly exited: Promise<number | null>;
  hasExited(): boolean;
  /** The last lines it printed. */
  lastOutput(): string;
  /** Sends the signal to the process and its group, SIGKILL when it is still there after the limit; resolves when it is gone. */
  stop(signal: NodeJS.Signals, limitMs: number): Promise<void>;
}

const KEPT_OUTPUT_CHARACTERS = 4_000;

/**
 * Starts a process that cannot outlive this one, even when this one is killed with SIGKILL. Beside it runs a shell that
 * does nothing but wait for the end of its standard input, a pipe that only we hold: the kernel closes it whichever way
 * we die, and the shell then signals the process. PR_SET_PDEATHSIG would need no second process, but it exists only on
 * Linux, and follows the thread that started the process.
 *
 * Both run in process groups of their own: a terminal's Ctrl-C or a signal to our group reaches neither, so that the
 * order of stopping stays ours; and a wrapper script's children are signalled with it.
 */
export async function startGuarded(options: GuardedProcessOptions): Promise<GuardedProcess> {
  const stdio: StdioOptions = options.output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.user,
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const lastOutput = keepLastOutput(child);

  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.command} has no process id`);
  const guard = startGuard(pid, options.deathSignal);
  // The guard ends first, lest it signal a process that was given the same id later.
  void exited.then(() => guard.kill('SIGKILL'));

  return {
    pid,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    lastOutput,
    stop: async (signal, limitMs) => {
      signalGroup(pid, signal);
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), limitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function startGuard(pid: number, deathSignal: string): ChildProcess {
  const script = 'read -r _; kill -s "$2" -- "-$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'guard', String(pid), deathSignal.slice('SIG'.length)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  guard.stdin.on('error', () => undefined);
  return guard;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: it is gone already, which is what was wanted.
    if (!(isNativeError(error) && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function keepLastOutput(child: ChildProcess): () => string {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      kept = (kept + chunk).slice(-KEPT_OUTPUT_CHARACTERS);
    });
  }
  return () => kept.trim();
}
