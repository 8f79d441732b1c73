import type { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { listingRemarks } from '../../client/listing-remarks.ts';
import type { ExportStatus } from '../../client/status.ts';
import { pageSentence } from '../answers/page-sentences.ts';
import type { exportStatus } from './shapes.ts';

/** An export's status as the page reads it. */
export function statusView(status: ExportStatus): z.output<typeof exportStatus> {
  const blocked = blockError(status);
  return {
    ...status,
    blockedMessage: blocked ? pageSentence(blocked) : null,
    warnings: listingRemarks(status.listing),
  };
}

/** The error that blocks or has ended an export; undefined for none, or for one of a newer version. */
export function blockError({ blockedBy, blockedValues }: ExportStatus): ExportError | undefined {
  return blockedBy !== null && isErrorCode(blockedBy)
    ? new ExportError(blockedBy, { values: blockedValues })
    : undefined;
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
