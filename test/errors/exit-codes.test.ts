import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { exitCodeOf } from '../../errors/outcome.ts';
import { sampleError } from '../support/sample-error.ts';

test('the exit codes are those that scripts know', () => {
  expect(EXIT).toEqual({
    done: 0,
    unexpected: 1,
    usage: 2,
    finishedWithFailures: 3,
    stopped: 4,
    unreachable: 5,
    alreadyRunning: 6,
    notAuthorised: 7,
  });
});

describe('an error’s exit code', () => {
  const BY_KIND = { permanent: 2, auth: 7, retryable: 5, throttled: 5, bug: 1 } as const;
  const EXCEPTIONS: Partial<Record<ErrorCode, number>> = {
    export_already_running: 6,
    export_running: 6,
    export_interrupted: 1,
    database_not_migrated: 2,
    secret_unreadable: 2,
    amocrm_client_not_set: 2,
  };

  test.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s is told by its kind, unless scripts tell it apart', (code) => {
    expect(exitCodeOf(sampleError(code))).toBe(EXCEPTIONS[code] ?? BY_KIND[ERROR_CODES[code].kind]);
  });

  test('is found through causes', () => {
    const cause = sampleError('amocrm_unauthorized');
    expect(exitCodeOf(new Error('outer', { cause }))).toBe(7);
  });

  test.each([[new Error('unknown')], ['text'], [undefined]])('of %p is 1', (error) => {
    expect(exitCodeOf(error)).toBe(1);
  });
});
