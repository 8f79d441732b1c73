import { readFileSync, writeFileSync } from 'node:fs';

/** Linux counts processor time in ticks of 10 ms, for whatever programs ask. */
const TICKS_A_SECOND = 100;

/** Processor seconds of a process and its direct children so far (Postgres has one for each connection). */
export function cpuSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return [pid, ...children.map(Number)].reduce((sum, each) => sum + ownCpuSeconds(each), 0);
}

function ownCpuSeconds(pid: number): number {
  // "pid (name) state …", and the name may hold anything; utime and stime are the 14th and 15th field.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

const MIB = 1024 * 1024;

/** Memory of a process that is in use now, and the most since the start or the last {@link forgetPeak}. */
export function residentMiB(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / MIB;
  return { now: field('VmRSS'), peak: field('VmHWM') };
}

/** Lets the kernel count the peak from now on (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
