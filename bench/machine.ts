import { cpus, loadavg, totalmem } from 'node:os';

/** What a figure means little without. */
export interface Machine {
  date: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
  node: string;
  /** Load averages over one minute, at the start and at the end: above the number of cores others were at work too. */
  load: { before: number; after: number };
}

/** Describes this machine; call the answer at the end of the run. */
export function describeMachine(): () => Machine {
  const date = new Date().toISOString();
  const before = loadOfOneMinute();
  return () => ({
    date,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    load: { before, after: loadOfOneMinute() },
  });
}

function loadOfOneMinute(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
