import { describe, expect, test } from '@jest/globals';
import {
  ApplicationFailure,
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import { toFailure } from '../../activities/failure.ts';
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { sampleError } from '../support/sample-error.ts';

const SECRET = 'Bearer eyJ.secret +79990000000';

function applicationFailure(error: unknown): ApplicationFailure {
  const failure = toFailure(error);
  if (!(failure instanceof ApplicationFailure)) throw new Error(`not an application failure: ${failure.name}`);
  return failure;
}

/** The failure as it lies in the history, all of it. */
const inHistory = (error: unknown) =>
  JSON.stringify(
    defaultFailureConverter.errorToFailure(toFailure(error), defaultPayloadConverter),
    (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value),
  );

describe('an error on its way into Temporal’s history', () => {
  test.each(Object.keys(ERROR_CODES) as ErrorCode[])(
    '%s keeps its code and sentence, and is retried by its kind',
    (code) => {
      const failure = applicationFailure(sampleError(code));
      const { kind } = ERROR_CODES[code];
      expect(failure).toMatchObject({ type: code, message: sampleError(code).message, details: [{ kind }] });
      expect(failure.nonRetryable).toBe(kind === 'permanent' || kind === 'auth');
    },
  );

  test('leaves its cause, its stack and foreign messages behind', () => {
    const error = new ExportError('amocrm_unavailable', {
      cause: new Error(SECRET),
      values: { host: 'h', request: '/users', what: '502' },
    });
    const kept = inHistory(error);
    expect(kept).toContain('amocrm_unavailable');
    expect(kept).not.toContain('secret');
    expect(kept).not.toContain('+7999');
    expect(kept).not.toMatch(/\.ts:\d|\n/);
    expect(kept).toContain('"stackTrace":""');
    expect(applicationFailure(error).details).toEqual([
      { kind: 'retryable', values: { host: 'h', request: '/users', what: '502' } },
    ]);
    expect(toFailure(error).cause).toBeUndefined();
  });

  test.each([
    ['an unknown error', new Error(SECRET)],
    ['one with a code', Object.assign(new Error(SECRET), { code: 'E_STRANGE' })],
    ['an error around it', new TypeError('wrapped', { cause: new Error(SECRET) })],
    ['what is no error at all', SECRET],
    ['an object', { message: SECRET }],
  ])('%s is unexpected, to be tried again, and says nothing of itself', (_, error) => {
    expect(applicationFailure(error)).toMatchObject({
      type: 'unexpected',
      nonRetryable: false,
      details: [{ kind: 'bug' }],
    });
    expect(inHistory(error)).not.toMatch(/secret|\+7999/);
  });

  test('a Postgres that is away is no defect', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
    expect(applicationFailure(refused)).toMatchObject({ type: 'database_unreachable', nonRetryable: false });
  });

  test('takes the pause that the other side asked for, and its request id', () => {
    const failure = applicationFailure(
      new ExportError('amocrm_throttled', { retryAfterMs: 7_000, requestId: 'request-1' }),
    );
    expect(failure.nextRetryDelay).toBe(7_000);
    expect(failure.details).toEqual([{ kind: 'throttled', requestId: 'request-1' }]);
    expect(applicationFailure(new ExportError('amocrm_throttled')).nextRetryDelay).toBeUndefined();
  });

  test('is found in an error around it', () => {
    expect(applicationFailure(new Error('around', { cause: new ExportError('lease_lost') })).type).toBe('lease_lost');
  });

  test('a cancellation stays one', () => {
    const cancelled = new CancelledFailure('stopped');
    expect(toFailure(cancelled)).toBe(cancelled);
  });
});
