import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ExportError } from '../../errors/export-error.ts';
import { isolated, type Isolation } from './isolation.ts';

/** Measured: 0.3 GiB with all of Debian's codecs mapped, whatever the recording's length. */
const MAX_MEMORY_KIB = 1024 * 1024;
const CANNOT_RUN = [126, 127];
/** How a shell tells that a signal ended its program: this much and the signal's number. */
const BY_SIGNAL = 128;
/** `unshare` and the script behind it; a program that they run never answers it. */
const NO_NAMESPACE = 1;
/** ffmpeg's own: most of what it was given could not be decoded. */
const MOSTLY_ERRORS = 69;
/** Signals that come from outside (SIGKILL: a system out of memory), or for the limit of processor time. */
const ENDED_FROM_OUTSIDE = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];
/** The description of the input is at the beginning of what ffmpeg prints. */
const MAX_PRINTED_BYTES = 256 * 1024;

/**
 * Under these limits ffmpeg reads what strangers have made. `ulimit` and not `prlimit`: it is in every POSIX shell;
 * where a system lacks one of the limits (macOS: memory), the others hold.
 */
const LIMITED = `
  ulimit -c 0; ulimit -v ${MAX_MEMORY_KIB} 2>/dev/null; ulimit -t "$1" 2>/dev/null; shift
  exec nice -n 10 "$@"`;

export interface FfmpegRun {
  /** The program: a path, or a name to be found on PATH. */
  ffmpeg: string;
  isolation: Isolation;
  /** A folder for files of its own, where it has a root of its own. */
  scratch?: string;
  arguments: string[];
  input: AsyncIterable<Buffer>;
  output: (bytes: Buffer) => Promise<void>;
  /** Of the clock on the wall, and of the processor. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * How a run ended:
 * - `done`, or `partly`: it complained, and what came out may be all that there is.
 * - `failed`: it could not decode the input, crashed on it, or took too long.
 * - `absent`: there is no such program, or it can't be started.
 */
type FfmpegEnd = 'done' | 'partly' | 'failed' | 'absent';

export interface FfmpegResult {
  end: FfmpegEnd;
  /** The beginning of what it said. It may quote what the recording holds: not for logs and errors. */
  printed: string;
}

/**
 * Runs ffmpeg between pipes. It gets nothing of this process: no environment (which holds keys), no file, no
 * terminal; what else it may reach, its isolation says. Killed when the signal is aborted; when this process dies, its pipes end, and it with them.
 *
 * @throws ExportError `unexpected` when something else than the recording ended it; the signal's reason; what `input`
 * or `output` throws.
 */
export async function runFfmpeg({ signal, timeoutMs, ...run }: FfmpegRun): Promise<FfmpegResult> {
  signal.throwIfAborted();
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const command = [...isolated(run.isolation, run.scratch), run.ffmpeg, ...run.arguments];
  const child = spawn('/bin/sh', ['-c', LIMITED, 'sh', seconds, ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  });
  const kill = (): void => void child.kill('SIGKILL');
  const overtime = new AbortController();
  const timer = setTimeout(() => {
    overtime.abort();
    kill();
  }, timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  const parts = [
    exitOf(child),
    beginningOf(child.stderr),
    feed(run.input, child.stdin),
    collect(child.stdout, run.output),
  ] as const;
  try {
    const [exit, printed] = await Promise.all(parts);
    signal.throwIfAborted();
    if (overtime.signal.aborted) return { end: 'failed', printed };
    return { end: endOf(run.isolation === 'none' ? exit : exitInside(exit)), printed };
  } catch (error) {
    kill();
    // Nobody may read the input or write the output once this has ended.
    await Promise.allSettled(parts);
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How the program ended that a shell ran in namespaces. @throws ExportError `unexpected` where there were none for it. */
function exitInside({ code, signal }: Exit): Exit {
  if (code === NO_NAMESPACE) {
    throw new ExportError('unexpected', { values: { what: 'namespaces for ffmpeg cannot be made' } });
  }
  const ended = Object.entries(constants.signals).find(([, number]) => code === BY_SIGNAL + number);
  return ended ? { code: null, signal: ended[0] as NodeJS.Signals } : { code, signal };
}

function endOf({ code, signal }: Exit): FfmpegEnd {
  if (signal !== null && ENDED_FROM_OUTSIDE.includes(signal)) {
    throw new ExportError('unexpected', { values: { what: `ffmpeg was ended by ${signal}` } });
  }
  if (code === null || code === MOSTLY_ERRORS) return 'failed';
  if (CANNOT_RUN.includes(code)) return 'absent';
  return code === 0 ? 'done' : 'partly';
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  try {
    const [code, signal] = (await once(child, 'close')) as [Exit['code'], Exit['signal']];
    return { code, signal };
  } catch (error) {
    // Not even a shell could be started: out of processes or memory, or no POSIX system.
    throw new ExportError('unexpected', { values: { what: 'a process cannot be started' }, cause: error });
  }
}

async function beginningOf(stderr: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const bytes of stderr as AsyncIterable<Buffer>) {
    if (sizeBytes < MAX_PRINTED_BYTES) parts.push(bytes.subarray(0, MAX_PRINTED_BYTES - sizeBytes));
    sizeBytes += bytes.length;
  }
  return Buffer.concat(parts).toString('utf8');
}

async function collect(stdout: Readable, output: FfmpegRun['output']): Promise<void> {
  for await (const bytes of stdout) await output(bytes as Buffer);
}

/** ffmpeg may end without having read all of it, and its exit code says whether that was right. */
async function feed(input: AsyncIterable<Buffer>, stdin: Writable): Promise<void> {
  let broken: Error | undefined;
  // Read by hand: a pipe that breaks throws its own error into a generator, which would look like the input's.
  const source = input[Symbol.asyncIterator]();
  async function* watched() {
    for (;;) {
      const next = await source.next().catch((error: unknown) => {
        broken = error instanceof Error ? error : new Error('input failed', { cause: error });
        throw broken;
      });
      if (next.done === true) return;
      yield next.value;
    }
  }
  await pipeline(Readable.from(watched()), stdin).catch(() => undefined);
  if (broken) throw broken;
}
