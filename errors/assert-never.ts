import { ExportError } from './export-error.ts';

/** Closes a switch over a union: a new member without a branch does not compile. */
export function assertNever(value: never): never {
  throw new ExportError('unexpected', { values: { what: `unhandled case ${JSON.stringify(value)}` } });
}
