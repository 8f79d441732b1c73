import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { CancelledFailure, Context } from '@temporalio/activity';
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beating } from '../../activities/beating.ts';
import { cancellationOf } from '../../activities/cancellation.ts';

const THROWN = new Error('the download broke off: https://pbx.example/secret');
const ask = () => Promise.resolve(cancellationOf(THROWN));

describe('an activity that was interrupted', () => {
  test('by nobody has no cancellation: its error is its own', async () => {
    expect(await new MockActivityEnvironment().run(ask)).toBeUndefined();
  });

  test('by a stop answers with a cancellation, without what it threw', async () => {
    const environment = new MockActivityEnvironment();
    environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
    const answer = await environment.run(ask);
    expect(answer).toBeInstanceOf(CancelledFailure);
    expect(answer).toMatchObject({ message: 'stopped', cause: undefined });
  });

  test('by a stop, and threw a cancellation, throws that', async () => {
    const environment = new MockActivityEnvironment();
    environment.cancel();
    const cancelled = new CancelledFailure('CANCELLED');
    expect(await environment.run(() => Promise.resolve(cancellationOf(cancelled)))).toBe(cancelled);
  });

  test.each([
    ['by its worker’s end', 'WORKER_SHUTDOWN' as const, { workerShutdown: true }],
    ['because Temporal gave it up for dead', 'TIMED_OUT' as const, { timedOut: true }],
    ['because it is gone', 'NOT_FOUND' as const, { notFound: true }],
  ])('%s is left to another attempt, at once', async (_, reason, details) => {
    const environment = new MockActivityEnvironment();
    environment.cancel(reason, new ActivityCancellationDetails(details));
    expect(await environment.run(ask)).toMatchObject({ code: 'worker_stopping', kind: 'retryable' });
  });
});

describe('a step', () => {
  test('beats while it runs, so that a stop reaches it, and no longer', async () => {
    const environment = new MockActivityEnvironment();
    let beats = 0;
    const beaten = new Promise<void>((resolve) =>
      environment.on('heartbeat', () => {
        beats++;
        resolve();
      }),
    );
    const { wait } = beating({ wait: (what: string) => beaten.then(() => what) });
    expect(await environment.run(wait, 'answer')).toBe('answer');
    const atItsEnd = beats;
    await pause(0);
    expect(beats).toBe(atItsEnd);
  });

  test('keeps its error and its place', async () => {
    const { fail } = beating({
      fail: (_: null): Promise<never> => Promise.reject(new Error(Context.current().info.activityType)),
    });
    const silent = { logger: new DefaultLogger('ERROR') };
    const environment = new MockActivityEnvironment({ activityType: 'fail' }, silent);
    await expect(environment.run(fail, null)).rejects.toThrow('fail');
  });
});
