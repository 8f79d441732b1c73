import { type ErrorCode, ERROR_CODES } from '../../errors/codes.ts';
import type { Circumstances, ExportError } from '../../errors/export-error.ts';
import { restoreError } from '../../errors/restore-error.ts';

/** An error of this code, whichever it is, with every placeholder of its sentences filled by its own name. */
export function sampleError(code: ErrorCode, circumstances: Circumstances = {}): ExportError {
  const names = [...JSON.stringify(ERROR_CODES[code]).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const error = restoreError(code, Object.fromEntries(names.map((name) => [name, `<${name}>`])), circumstances);
  if (!error) throw new Error(`${code} is not a code`);
  return error;
}
