import type { Progress } from '../../ledger/exports/progress.ts';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';

type Totals = Progress['calls'];

export function noCalls(): Totals {
  return { found: 0, planned: 0, exported: 0, failed: 0, waiting: 0, unconfirmed: 0, remaining: 0, skipped: {} };
}

/** Adds the rows of a report to totals such as `status` shows, while they go by. */
export async function* counted<Row extends Pick<ReportRow, 'state' | 'reason'>>(
  rows: AsyncIterable<Row>,
  totals: Totals,
): AsyncGenerator<Row> {
  for await (const row of rows) {
    count(totals, row);
    yield row;
  }
}

function count(totals: Totals, { state, reason }: Pick<ReportRow, 'state' | 'reason'>): void {
  totals.found++;
  switch (state) {
    case 'listed':
      return;
    case 'skipped':
      totals.skipped[reason ?? ''] = (totals.skipped[reason ?? ''] ?? 0) + 1;
      return;
    case 'planned':
    case 'uploading':
    case 'committing':
      totals.planned++;
      totals.remaining++;
      return;
    case 'exported':
    case 'failed':
    case 'waiting':
    case 'unconfirmed':
      totals.planned++;
      totals[state]++;
  }
}
