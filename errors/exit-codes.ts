import type { ErrorCode } from './codes.ts';
import { findExportError } from './export-error.ts';

/** The command line's exit codes; scripts depend on them. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  finishedWithFailures: 3,
  stopped: 4,
  unreachable: 5,
  alreadyRunning: 6,
  notAuthorised: 7,
} as const;

const EXIT_BY_CODE: Partial<Record<ErrorCode, number>> = {
  export_already_running: EXIT.alreadyRunning,
  export_running: EXIT.alreadyRunning,
  amocrm_bad_answer: EXIT.unreachable,
  amocrm_client_not_set: EXIT.usage,
  export_interrupted: EXIT.unexpected,
  secret_unreadable: EXIT.usage,
  database_not_migrated: EXIT.usage,
};

/** The exit code of a command that ended with this error. */
export function exitCodeOf(error: unknown): number {
  const known = findExportError(error);
  if (!known) return EXIT.unexpected;
  const byCode = EXIT_BY_CODE[known.code];
  if (byCode !== undefined) return byCode;
  switch (known.kind) {
    case 'auth':
      return EXIT.notAuthorised;
    case 'retryable':
    case 'throttled':
      return EXIT.unreachable;
    case 'permanent':
      return EXIT.usage;
    case 'bug':
      return EXIT.unexpected;
  }
}
