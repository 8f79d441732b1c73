import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** The export's state, for the Web UI's list. */
export const EXPORT_STATUS = defineSearchAttributeKey('ExportStatus', SearchAttributeType.KEYWORD);
