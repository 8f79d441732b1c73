import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { CancelledFailure } from '@temporalio/activity';
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { type Logger, pino } from 'pino';
import { ExportError } from '../../errors/export-error.ts';
import { activityInterceptor } from '../../worker/interceptors.ts';
import { createMetrics } from '../../worker/metrics.ts';
import { temporalLogger } from '../../worker/temporal-logger.ts';

/** A logger whose lines can be read back. */
function readable(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
      done();
    },
  });
  return { logger: pino({ level: 'trace', base: null }, stream), lines };
}

const PERSONAL = 'Анна +79990000000 https://pbx.example/1?key=secret';

describe('Temporal’s own log lines', () => {
  test('keep an error’s type and lose its message, stack and cause', () => {
    const { logger, lines } = readable();
    const log = temporalLogger(logger);
    log.warn('Activity failed', {
      activityType: 'transferCall',
      taskToken: 'a-token',
      error: ApplicationFailure.create({ message: PERSONAL, type: 'recording_expired', cause: new Error(PERSONAL) }),
    });
    log.error('Workflow failed', { error: new TypeError(PERSONAL) });
    log.error('Strange', { error: PERSONAL });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({
      msg: 'Activity failed',
      activityType: 'transferCall',
      error: 'recording_expired',
    });
    expect(lines[1]).toMatchObject({ msg: 'Workflow failed', error: 'TypeError' });
    expect(JSON.stringify(lines)).not.toMatch(/Анна|7999|secret|a-token/);
  });

  test('come at their own levels, with or without more', () => {
    const { logger, lines } = readable();
    const log = temporalLogger(logger);
    log.trace('t');
    log.debug('d');
    log.info('i', { n: 1 });
    log.warn('w');
    log.error('e');
    log.log('INFO', 'l');
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [10, 't'],
      [20, 'd'],
      [30, 'i'],
      [40, 'w'],
      [50, 'e'],
      [30, 'l'],
    ]);
    expect(lines[2]).toMatchObject({ n: 1 });
  });
});

describe('an activity’s error on its way out of the worker', () => {
  async function run(thrown: unknown, prepare?: (environment: MockActivityEnvironment) => void) {
    const { logger, lines } = readable();
    const metrics = createMetrics();
    const environment = new MockActivityEnvironment(
      { activityType: 'transferCall', attempt: 3 },
      {
        logger: temporalLogger(pino({ level: 'silent' })),
        interceptors: [(context) => ({ inbound: activityInterceptor(context, logger, metrics) })],
      },
    );
    prepare?.(environment);
    const failure: unknown = await environment
      .run(() => (thrown === undefined ? Promise.resolve() : Promise.reject(thrown as Error)))
      .catch((error: unknown) => error);
    return { failure, lines, metrics: await metrics.registry.metrics() };
  }

  test('is a failure with its code, counted by it, and not logged: it is known', async () => {
    const { failure, lines, metrics } = await run(new ExportError('recording_expired'));
    expect(failure).toMatchObject({ type: 'recording_expired', nonRetryable: true });
    expect(lines).toEqual([]);
    expect(metrics).toMatch(/_count\{activity="transferCall",outcome="recording_expired"\} 1/);
  });

  test('that nobody knows is logged by its kind and place, not by its message', async () => {
    const { failure, lines } = await run(Object.assign(new RangeError(PERSONAL), { code: 'ERR_ODD' }));
    expect(failure).toMatchObject({ type: 'unexpected', nonRetryable: false });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ activityType: 'transferCall', attempt: 3, error: 'RangeError ERR_ODD' });
    expect(lines[0]?.['at']).toEqual(expect.arrayContaining([expect.stringContaining('logging.test.ts')]));
    expect(JSON.stringify(lines)).not.toMatch(/Анна|7999|secret/);
  });

  test('that is no error at all is logged as that', async () => {
    const { lines } = await run(PERSONAL);
    expect(lines[0]).toMatchObject({ error: 'string', at: [] });
    expect(JSON.stringify(lines)).not.toMatch(/7999/);
  });

  test('of a stopped activity is its cancellation, of one whose worker ends a failure to be tried again', async () => {
    const stopped = await run(new Error(PERSONAL), (environment) => environment.cancel());
    expect(stopped.failure).toBeInstanceOf(CancelledFailure);
    expect(stopped.metrics).toMatch(/outcome="cancelled"\} 1/);
    const shutdown = new ActivityCancellationDetails({ workerShutdown: true });
    const ending = await run(new Error(PERSONAL), (environment) => environment.cancel('WORKER_SHUTDOWN', shutdown));
    expect(ending.failure).toMatchObject({ type: 'worker_stopping', nonRetryable: false });
  });

  test('and its success are told apart in the metrics', async () => {
    expect((await run(undefined)).metrics).toMatch(/_count\{activity="transferCall",outcome="ok"\} 1/);
  });
});
