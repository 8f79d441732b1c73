import type { Logger as TemporalLogger, LogLevel, LogMetadata } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Temporal's own log lines in the process's log. Of an error only its type is kept: activities' errors are logged where
 * they happen, and a foreign message may quote what must not be in a log.
 */
export function temporalLogger(logger: Logger): TemporalLogger {
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const { error, taskToken: _taskToken, ...rest } = meta ?? {};
    logger[LEVELS[level]]({ ...rest, ...(error instanceof Error ? { error: describe(error) } : {}) }, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

function describe(error: Error): string {
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}
