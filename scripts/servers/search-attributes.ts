/** The search attributes of our workflows, registered in servers that are started here; production gets them by `migrate`. */
export const EXPORT_SEARCH_ATTRIBUTES = {
  SpeechSenseAccount: 'Keyword',
  SpeechSenseExport: 'Keyword',
  ExportStatus: 'Keyword',
} as const;
