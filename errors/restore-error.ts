import { type ErrorCode, isErrorCode, type Sentence } from './codes.ts';
import { type Circumstances, ExportError, type ValuesOf } from './export-error.ts';
import type { ErrorValue, ErrorValues } from './sentence.ts';

/**
 * An error that was kept as data (in Postgres, in Temporal's history) by whatever version of this program. Values that
 * are missing or of another form are left out; its sentences then say so in words of unknown-values.ts.
 *
 * @returns undefined for a code that this version does not know.
 */
export function restoreError(
  code: unknown,
  values: unknown,
  circumstances: Circumstances = {},
): ExportError | undefined {
  return isErrorCode(code)
    ? new ExportError(code, { ...circumstances, values: readValues(values) as ValuesOf<ErrorCode> & ErrorValues })
    : undefined;
}

/** The values that are fit for a sentence. */
function readValues(values: unknown): ErrorValues {
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, ErrorValue] => isValue(entry[1])));
}

function isValue(value: unknown): value is ErrorValue {
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return Number.isFinite(value);
  return isSentence(value);
}

function isSentence(value: unknown): value is Sentence {
  if (typeof value !== 'object' || value === null || !('en' in value) || !('ru' in value)) return false;
  return typeof value.en === 'string' && typeof value.ru === 'string';
}
