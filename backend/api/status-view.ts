import type { z } from 'zod';
import type { ExportError } from '../../errors/export-error.ts';
import { restoreError } from '../../errors/restore-error.ts';
import { listingRemarks } from '../../client/listing-remarks.ts';
import type { ExportStatus } from '../../client/status.ts';
import type { exportStatus } from './shapes.ts';

/** An export's status as the page reads it. */
export function statusView(status: ExportStatus): z.output<typeof exportStatus> {
  const { trouble } = status;
  return {
    ...status,
    blockedMessage: blockError(status)?.pageSentence() ?? null,
    troubleMessage: restoreError(trouble?.code, trouble?.values)?.pageSentence() ?? null,
    warnings: listingRemarks(status.listing),
  };
}

/** The error that blocks or has ended an export; undefined for none, or for one of a newer version. */
export function blockError({ blockedBy, blockedValues }: ExportStatus): ExportError | undefined {
  return restoreError(blockedBy, blockedValues);
}
