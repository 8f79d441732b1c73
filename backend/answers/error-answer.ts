import type { FastifyError } from 'fastify';
import type { Sentence } from '../../errors/codes.ts';
import { ExportError, type ErrorValues, findExportError } from '../../errors/export-error.ts';
import { toLedgerError } from '../../ledger/database/database.ts';
import { SettingsInvalid } from '../../settings/export-settings.ts';
import type { SettingsProblem } from '../../settings/problems.ts';
import { RequestInvalid } from './request-invalid.ts';

/** What every answer of 400 and above says. */
export interface ErrorAnswer {
  error: {
    code: string;
    message: Sentence;
    /** The field of the request that it is about. */
    field: string | null;
    /** All that is wrong with a form at once. */
    problems?: SettingsProblem[];
    values?: ErrorValues;
    /** Of this request, or of SpeechSense's or amoCRM's refusal: what support is told. */
    requestId: string;
  };
}

export function errorAnswer(error: ExportError, requestId: string): ErrorAnswer {
  const message = error.pageSentence();
  const problems = problemsOf(error, message);
  return {
    error: {
      code: error.code,
      message,
      field: error.field ?? null,
      ...(problems ? { problems } : {}),
      ...(error.code === 'export_already_running' ? { values: error.values } : {}),
      requestId: error.requestId ?? requestId,
    },
  };
}

function problemsOf(error: ExportError, message: Sentence): SettingsProblem[] | undefined {
  if (error instanceof SettingsInvalid || error instanceof RequestInvalid) return error.problems;
  return error.code === 'usage' && error.field !== undefined ? [{ field: error.field, message }] : undefined;
}

/** Whatever ended a request, in the product's one shape. */
export function toExportError(error: unknown): ExportError {
  const known = findExportError(error);
  if (known) return known;
  return ofFastify(error) ?? toLedgerError(error);
}

/** What Fastify itself refuses, by its own codes. */
function ofFastify(error: unknown): ExportError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { code, statusCode } = error as FastifyError;
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return new ExportError('request_timeout');
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ExportError('body_too_large', { values: { maxBytes: MAX_BODY_BYTES } });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ExportError('body_not_json');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    const problems = { en: 'it cannot be read', ru: 'его нельзя прочитать' };
    return new ExportError('request_invalid', { values: { problems } });
  }
  return undefined;
}

/** The largest form has 200 lines of a mapping. */
export const MAX_BODY_BYTES = 256 * 1024;
