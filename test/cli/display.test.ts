import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { createDisplay } from '../../cli/watch/display.ts';
import { Output } from '../../cli/terminal/output.ts';
import type { Printer } from '../../cli/terminal/streams.ts';
import type { ExportStatus } from '../../client/exports/status.ts';
import { statusOf } from './statuses.ts';

/** Shows statuses, each at its second, and answers what was written. */
function shown(stdout: PassThrough & Printer, json: boolean, statuses: [number, ExportStatus][]): string {
  const output = new Output({ stdout, stderr: new PassThrough(), json, language: 'en' });
  let seconds = 0;
  const display = createDisplay(output, { host: 'example.amocrm.ru' }, () => seconds * 1000);
  for (const [at, status] of statuses) {
    seconds = at;
    display.show(status, []);
  }
  return String(stdout.read() ?? '');
}

const RUNNING = statusOf();
const FINAL = statusOf({ state: 'completed', calls: { exported: 10, remaining: 0 } });

test('a script gets an object when something changed, a sign of life every few seconds, and the final one last', () => {
  const lines = shown(new PassThrough(), true, [
    [0, RUNNING],
    [1, { ...RUNNING, etaSeconds: 5 }],
    [2, statusOf({ calls: { exported: 1, remaining: 9 } })],
    [6, statusOf({ calls: { exported: 1, remaining: 9 } })],
    [7, FINAL],
  ])
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportStatus);
  expect(lines.map(({ calls }) => calls.exported)).toEqual([0, 1, 1, 10]);
  expect(lines.at(-1)).toEqual(FINAL);
});

test('a log gets a line every few seconds and one at every change of the state', () => {
  const text = shown(new PassThrough(), false, [
    [0, RUNNING],
    [1, RUNNING],
    [2, RUNNING],
    [3, RUNNING],
    [3.5, FINAL],
  ]);
  expect(text.trim().split('\n')).toHaveLength(3);
  expect(text).not.toContain('\u001b');
});

test('a log is not filled with one and the same line', () => {
  const settling = statusOf({ state: 'settling', calls: { exported: 9, unconfirmed: 1, remaining: 0 } });
  const seconds = Array.from({ length: 100 }, (_, second): [number, ExportStatus] => [second, settling]);
  const lines = shown(new PassThrough(), false, seconds).trim().split('\n');
  expect(lines).toHaveLength(4);
  expect(new Set(lines).size).toBe(1);
});

test('on a terminal the block is drawn over itself, and a shorter one leaves nothing of a longer one', () => {
  const terminal: PassThrough & Printer = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const failing = statusOf({ calls: { failed: 1, remaining: 9 }, failures: { recording_expired: 1 } });
  const text = shown(terminal, false, [
    [0, failing],
    [1, RUNNING],
  ]);
  const [first = '', second = ''] = text.split('\u001b[J');
  const linesOfFirst = first.split('\n').length - 1;
  expect(second.startsWith(`\u001b[${linesOfFirst}A`)).toBe(true);
  expect(second.split('\n').length - 1).toBe(linesOfFirst - 1);
  expect(text.endsWith('\u001b[J')).toBe(true);
});
