import { type ErrorKind, errorRow } from './codes.ts';
import { EXIT, type ExitName } from './exit-codes.ts';
import { type ExportError, findExportError } from './export-error.ts';

/** How an error ends a command and a request, unless its row says otherwise. */
const BY_KIND: Record<ErrorKind, { exit: ExitName; status: number }> = {
  permanent: { exit: 'usage', status: 400 },
  // Somebody has to put something right first; 401 is left to the token of the request itself.
  auth: { exit: 'notAuthorised', status: 409 },
  retryable: { exit: 'unreachable', status: 503 },
  throttled: { exit: 'unreachable', status: 503 },
  bug: { exit: 'unexpected', status: 500 },
};

/** The exit code of a command that ended with this error. */
export function exitCodeOf(error: unknown): number {
  const known = findExportError(error);
  return known ? EXIT[errorRow(known.code).exit ?? BY_KIND[known.kind].exit] : EXIT.unexpected;
}

/** The HTTP status with which the backend answers an error. */
export function httpStatusOf({ code, kind }: Pick<ExportError, 'code' | 'kind'>): number {
  return errorRow(code).status ?? BY_KIND[kind].status;
}
