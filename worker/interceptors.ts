import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import { cancellationOf } from '../activities/cancellation.ts';
import { toFailure } from '../activities/failure.ts';
import { findExportError } from '../errors/export-error.ts';
import type { WorkerMetrics } from './metrics.ts';

/**
 * The one place where activities' errors become Temporal's: what goes out is a code and a sentence; what an unknown
 * error was is logged here, by its kind and place in the code, never by its message, which may quote a person's data.
 */
export function activityInterceptor(
  context: Context,
  logger: Logger,
  metrics: WorkerMetrics,
): ActivityInboundCallsInterceptor {
  const { activityType, attempt } = context.info;
  return {
    async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>) {
      const end = metrics.activitySeconds.startTimer({ activity: activityType });
      try {
        const result: unknown = await next(input);
        end({ outcome: 'ok' });
        return result;
      } catch (error) {
        const failure = toFailure(cancellationOf(error) ?? error);
        end({ outcome: 'type' in failure && typeof failure.type === 'string' ? failure.type : 'cancelled' });
        if (!findExportError(error)) logger.warn({ activityType, attempt, ...anatomy(error) }, 'activity error');
        throw failure;
      }
    },
  };
}

function anatomy(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const at = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5)
    .map((line) => line.trim());
  return { error: `${error.name}${code}`, at };
}
