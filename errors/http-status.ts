import type { ErrorCode } from './codes.ts';
import type { ExportError } from './export-error.ts';

const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  token_used: 401,
  hook_refused: 401,
  not_an_administrator: 403,
  report_link_invalid: 403,
  account_not_found: 404,
  export_not_found: 404,
  no_exports_yet: 404,
  route_not_found: 404,
  settings_stale: 409,
  export_already_running: 409,
  export_running: 409,
  connection_not_set: 409,
  nothing_to_retry: 409,
  body_too_large: 413,
  body_not_json: 415,
  idempotency_key_reused: 422,
  too_many_requests: 429,
  tariff_invalid: 500,
  environment_invalid: 500,
};

/** The HTTP status with which the backend answers an error. */
export function httpStatusOf({ code, kind }: Pick<ExportError, 'code' | 'kind'>): number {
  const byCode = STATUS_BY_CODE[code];
  if (byCode !== undefined) return byCode;
  switch (kind) {
    case 'permanent':
      return 400;
    // Somebody has to put something right first; 401 is left to the token of the request itself.
    case 'auth':
      return 409;
    case 'retryable':
    case 'throttled':
      return 503;
    case 'bug':
      return 500;
  }
}
