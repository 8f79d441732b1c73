import { expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { toExportError } from '../../cli/failure.ts';
import { exitCodeOfStatus } from '../../cli/watch/follow.ts';
import { exitCodeOf } from '../../errors/outcome.ts';
import { ExportError } from '../../errors/export-error.ts';
import { sampleError } from '../support/sample-error.ts';
import { statusOf } from './statuses.ts';

test.each([
  ['completed with all calls exported', statusOf({ state: 'completed', calls: { exported: 10, remaining: 0 } }), 0],
  ['completed with calls still waiting', statusOf({ state: 'completed', calls: { waiting: 1, remaining: 0 } }), 0],
  ['completed with a failed call', statusOf({ state: 'completed', calls: { failed: 1, remaining: 0 } }), 3],
  ['completed with an unconfirmed call', statusOf({ state: 'completed', calls: { unconfirmed: 1, remaining: 0 } }), 3],
  ['stopped, whatever failed before', statusOf({ state: 'stopped', calls: { failed: 1 } }), 4],
  ['failed', statusOf({ state: 'failed' }), 1],
])('a watched export that %s', (_how, status, exitCode) => {
  expect(exitCodeOfStatus(status)).toBe(exitCode);
});

test('a tolerated reason does not make a watched export fail; others, and lost answers, do', () => {
  const calls = { failed: 3, remaining: 0 };
  const failures = { recording_missing: 2, recording_expired: 1 };
  const status = statusOf({ state: 'completed', calls, failures });
  expect(exitCodeOfStatus(status, ['recording_missing'])).toBe(3);
  expect(exitCodeOfStatus(status, ['recording_missing', 'recording_expired', 'internal_error'])).toBe(0);
  const lost = statusOf({ state: 'completed', calls: { ...calls, unconfirmed: 1 }, failures });
  expect(exitCodeOfStatus(lost, ['recording_missing', 'recording_expired'])).toBe(3);
});

test.each([
  ['a wrong command line', new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"), 2],
  ['settings with mistakes', sampleError('settings_invalid'), 2],
  ['tables that are not there', Object.assign(new Error('no such relation'), { code: '42P01' }), 2],
  ['a service that does not answer', sampleError('temporal_unreachable'), 5],
  ['a Postgres that refuses the connection', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 5],
  ['a wrong password of Postgres', Object.assign(new Error('no'), { code: '28P01' }), 5],
  ['an export that runs already', sampleError('export_already_running'), 6],
  ['a refused token', sampleError('amocrm_unauthorized'), 7],
  ['a refused key', new ExportError('speechsense_unauthenticated'), 7],
  ['anything unforeseen', new TypeError('x is not a function'), 1],
])('a command that ends with %s', (_what, error, exitCode) => {
  expect(exitCodeOf(toExportError(error))).toBe(exitCode);
});

test('an unforeseen error tells its kind and place, never its message, which may quote personal data', () => {
  const { message } = toExportError(new TypeError('cannot read +79991234567 of Иванов'));
  expect(message).toMatch(/TypeError .*exit-codes\.test\.ts:\d+/);
  expect(message).not.toMatch(/7999|Иванов/);
});
