import { sql } from 'kysely';
import type { ExportSettings } from '../settings/export-settings.ts';
import type { Database } from './database.ts';
import type { ExportKind, ExportState } from './schema.ts';

export interface NewExport {
  exportId: string;
  accountId: number;
  kind: ExportKind;
  retryOf: string | null;
  connectionId: string;
  language: string;
  settings: ExportSettings;
  intervalFrom: Date;
  intervalUntil: Date;
  startedAt: Date;
}

export interface ExportRow extends NewExport {
  state: ExportState;
  /** The error code that blocks it, while its state is `blocked`. */
  blockedBy: string | null;
  batches: number | null;
  plannedAt: Date | null;
  finishedAt: Date | null;
}

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

export function createExports(db: Database) {
  const select = () =>
    db
      .selectFrom('exports')
      .select([
        'export_id as exportId',
        'account_id as accountId',
        'kind',
        'retry_of as retryOf',
        'connection_id as connectionId',
        'language',
        'settings',
        'interval_from as intervalFrom',
        'interval_until as intervalUntil',
        'state',
        'blocked_by as blockedBy',
        'batches',
        'started_at as startedAt',
        'planned_at as plannedAt',
        'finished_at as finishedAt',
      ]);

  return {
    /** Records the export once, however often it is told to; only its interval may yet change, with the time zone. */
    async open(opened: NewExport): Promise<void> {
      await db
        .insertInto('exports')
        .values({
          export_id: opened.exportId,
          account_id: opened.accountId,
          kind: opened.kind,
          retry_of: opened.retryOf,
          connection_id: opened.connectionId,
          language: opened.language,
          settings: sql`${JSON.stringify(opened.settings)}::jsonb`,
          interval_from: opened.intervalFrom,
          interval_until: opened.intervalUntil,
          state: 'planning',
          blocked_by: null,
          batches: null,
          started_at: opened.startedAt,
          planned_at: null,
          finished_at: null,
        })
        .onConflict((conflict) =>
          conflict
            .column('export_id')
            .doUpdateSet({ interval_from: opened.intervalFrom, interval_until: opened.intervalUntil }),
        )
        .execute();
    },

    /** @param exportId as people give it: what is no id at all names no export. */
    find: async (exportId: string): Promise<ExportRow | undefined> =>
      UUID.test(exportId) ? select().where('export_id', '=', exportId).executeTakeFirst() : undefined,

    /** The newest first; previews apart. */
    list: (accountId: number, limit: number): Promise<ExportRow[]> =>
      select()
        .where('account_id', '=', accountId)
        .where('kind', '!=', 'preview')
        .orderBy('started_at', 'desc')
        .limit(limit)
        .execute(),

    /** A state once final stays. */
    async setState(exportId: string, state: ExportState, blockedBy: string | null = null): Promise<void> {
      await db
        .updateTable('exports')
        .set({ state, blocked_by: blockedBy })
        .where('export_id', '=', exportId)
        .where('finished_at', 'is', null)
        .execute();
    },

    async close(exportId: string, state: 'completed' | 'stopped' | 'failed'): Promise<void> {
      await db
        .updateTable('exports')
        .set({ state, blocked_by: null, finished_at: sql`now()` })
        .where('export_id', '=', exportId)
        .where('finished_at', 'is', null)
        .execute();
    },
  };
}
