import { type Logger, pino } from 'pino';
import type { Environment } from './environment.ts';

/** Names under which secrets and personal data could be handed to the logger by mistake. */
const SECRET_NAMES = ['token', 'access', 'apiKey', 'authorization', 'link', 'phone', 'name', 'password'];

/** JSON lines on standard error, so that standard output stays a program's own. */
export function createLogger(level: Environment['LOG_LEVEL']): Logger {
  return pino(
    {
      level,
      redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[removed]' },
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
