import type { Ledger } from '../ledger/ledger.ts';
import type { ExportPace } from '../workflows/messages.ts';
import type { ExportWorkflows } from './exports/export-workflows.ts';

/** What starting, watching and stopping work with: what an export does lives in Temporal, what it did is in the ledger. */
export interface ExportDeps {
  workflows: ExportWorkflows;
  ledger: Ledger;
  pace: ExportPace;
  now: () => Date;
}
