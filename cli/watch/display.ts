import type { Account } from '../../ledger/accounts/accounts.ts';
import { isFinal, type ExportStatus } from '../../client/exports/status.ts';
import type { Output } from '../terminal/output.ts';
import type { LatestFailure } from './latest-failure.ts';
import { progressBlock } from './progress-block.ts';
import { progressLine } from './progress-line.ts';
import { ProgressMeter } from './progress-meter.ts';

/** Where a watched export's progress is shown. */
export interface Display {
  show(status: ExportStatus, latest: LatestFailure[]): void;
}

/** Where a terminal does not tell its width. */
const DEFAULT_COLUMNS = 80;

/** How often a log gets a line and a script an unchanged object. */
const LINE_EVERY_MS = 3_000;
/** An unchanged line is a sign of life, and a log need not be full of it. */
const SAME_LINE_EVERY_MS = 30_000;

/** A block redrawn in place on a terminal, now and then a line elsewhere, objects for a script. */
export function createDisplay(output: Output, { host }: Pick<Account, 'host'>, now = () => performance.now()): Display {
  if (output.json) return objects(output, now);
  return output.stdout.isTTY ? block(output, host, now) : lines(output, now);
}

function block({ stdout, language }: Output, host: string, now: () => number): Display {
  const meter = new ProgressMeter();
  let drawn = 0;
  return {
    show(status, latest) {
      const pace = meter.observe(status, now());
      const rows = progressBlock({ status, pace, latest, host, language, columns: stdout.columns || DEFAULT_COLUMNS });
      // Up to where the block began; then every line wiped and written, and what a longer block left below it.
      const up = drawn > 0 ? `\u001b[${drawn}A` : '';
      stdout.write(`${up}${rows.map((row) => `\u001b[2K${row}\n`).join('')}\u001b[J`);
      drawn = rows.length;
    },
  };
}

function lines({ stdout, language }: Output, now: () => number): Display {
  const meter = new ProgressMeter();
  let writtenAt = -Infinity;
  let writtenState = '';
  let written = '';
  return {
    show(status) {
      const pace = meter.observe(status, now());
      const line = progressLine({ status, pace, language });
      const pause = line === written ? SAME_LINE_EVERY_MS : LINE_EVERY_MS;
      if (status.state === writtenState && now() - writtenAt < pause) return;
      writtenAt = now();
      writtenState = status.state;
      written = line;
      stdout.write(`${line}\n`);
    },
  };
}

/** NDJSON: an object whenever something changed, and now and then as a sign of life; the last one is final. */
function objects(output: Output, now: () => number): Display {
  let written = '';
  let writtenAt = -Infinity;
  return {
    show(status) {
      const { etaSeconds: _eta, ...facts } = status;
      const text = JSON.stringify(facts);
      if (text === written && !isFinal(status) && now() - writtenAt < LINE_EVERY_MS) return;
      written = text;
      writtenAt = now();
      output.result(status, () => []);
    },
  };
}
