import type { ExportError } from '../../errors/export-error.ts';
import { restoreError } from '../../errors/restore-error.ts';
import { listingRemarks } from '../../client/exports/listing-remarks.ts';
import type { ExportStatus } from '../../client/exports/status.ts';
import type { ExportStatus as StatusView } from './shapes/export-status.ts';

/** An export's status as the page reads it. */
export function statusView(status: ExportStatus): StatusView {
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
