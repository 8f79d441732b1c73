import { sql, type Transaction } from 'kysely';
import type { ErrorValues } from '../../errors/export-error.ts';
import type { UnconfirmedReason } from '../../errors/reasons.ts';
import type { ExportSettings } from '../../settings/export-settings.ts';
import { prepared } from '../database/prepared.ts';
import type { Database } from '../database/database.ts';
import { dropOutsidePeriod } from './plan.ts';
import type { ExportKind, ExportState, Schema } from '../schema.ts';
import { newWindow } from './throughput.ts';

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
  /** The code of the error that blocks it, or that ended it as `failed`. */
  blockedBy: string | null;
  /** What the sentence of that error is filled with. */
  blockedValues: ErrorValues | null;
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
        'blocked_values as blockedValues',
        'batches',
        'started_at as startedAt',
        'planned_at as plannedAt',
        'finished_at as finishedAt',
      ]);

  return {
    /**
     * Records the export once, however often it is told to; until its plan is closed its interval may yet change, with
     * the time zone. A stored re-export is spent by the export that carries it out: the next one sends new calls only.
     */
    open: (opened: NewExport): Promise<void> =>
      db.transaction().execute(async (tx) => {
        const recorded = await tx
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
            blocked_values: null,
            batches: null,
            window_at: null,
            window_calls: null,
            next_window_at: null,
            next_window_calls: null,
            started_at: opened.startedAt,
            planned_at: null,
            finished_at: null,
          })
          .onConflict((conflict) =>
            conflict
              .column('export_id')
              .doUpdateSet({ interval_from: opened.intervalFrom, interval_until: opened.intervalUntil })
              .where('exports.planned_at', 'is', null),
          )
          // Postgres' own mark of a row that was inserted, not updated.
          .returning(sql<boolean>`xmax = 0`.as('isNew'))
          .executeTakeFirst();
        if (recorded?.isNew && opened.kind === 'export' && opened.settings.reExport) {
          await spendReExport(tx, opened.accountId);
        }
      }),

    /** @param exportId as people give it: what is no id at all names no export. */
    find: async (exportId: string): Promise<ExportRow | undefined> =>
      UUID.test(exportId) ? select().where('export_id', '=', exportId).executeTakeFirst() : undefined,

    /**
     * The newest first; previews apart.
     *
     * @param before only those that were started before this one of theirs.
     */
    list: (accountId: number, limit: number, before?: string): Promise<ExportRow[]> =>
      select()
        .where('account_id', '=', accountId)
        .where('kind', '!=', 'preview')
        .$if(before !== undefined, (rows) =>
          rows.where(
            sql<boolean>`(started_at, export_id) < (
              select started_at, export_id from exports where export_id = ${before} and account_id = ${accountId})`,
          ),
        )
        .orderBy('started_at', 'desc')
        .orderBy('export_id', 'desc')
        .limit(limit)
        .execute(),

    /** Those of these exports that a person is stopping. */
    async stoppingAmong(exportIds: readonly string[]): Promise<string[]> {
      const { rows } = await sql<{ exportId: string }>`${prepared}
        select export_id as "exportId" from exports
         where export_id = any(${exportIds}::uuid[]) and state = 'stopping'`.execute(db);
      return rows.map(({ exportId }) => exportId);
    },

    /** The last export or retry that came to its end. */
    lastCompleted: (accountId: number): Promise<ExportRow | undefined> =>
      select()
        .where('account_id', '=', accountId)
        .where('kind', '!=', 'preview')
        .where('state', '=', 'completed')
        .orderBy('started_at', 'desc')
        .limit(1)
        .executeTakeFirst(),

    /** A state once final stays. */
    async setState(
      exportId: string,
      state: ExportState,
      blockedBy: string | null = null,
      blockedValues: ErrorValues = {},
    ): Promise<void> {
      await db
        .updateTable('exports')
        .set({
          state,
          blocked_by: blockedBy,
          blocked_values: sql`${JSON.stringify(blockedValues)}::jsonb`,
          ...(state === 'transferring' && newWindow(exportId)),
        })
        .where('export_id', '=', exportId)
        .where('finished_at', 'is', null)
        .execute();
    },

    /**
     * Closes the export with what its calls have come to. A call whose attempt vanished with its worker goes back to
     * planned, or, where its upload may have been completed, is unconfirmed; the attempt's hold ends either way. What was
     * listed by an export that ends before its plan is planned, too: a later export decides it.
     *
     * @param failedBy the code of the error that ended it as `failed`.
     * @param failedValues what the sentence of that error is filled with.
     */
    close: (
      exportId: string,
      state: 'completed' | 'stopped' | 'failed',
      failedBy: string | null = null,
      failedValues: ErrorValues = {},
    ): Promise<void> =>
      db.transaction().execute(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('exports')
          .set({
            state,
            blocked_by: failedBy,
            blocked_values: failedBy === null ? null : sql`${JSON.stringify(failedValues)}::jsonb`,
            finished_at: sql`now()`,
          })
          .where('export_id', '=', exportId)
          .where('finished_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return;
        // Ended before its plan was closed: what was found and not decided remains to be done.
        await dropOutsidePeriod(tx, exportId);
        await sql`
          update transfers
             set attempt = attempt + (state <> 'listed')::int, updated_at = now(),
                 state = case state when 'committing' then 'unconfirmed' else 'planned' end,
                 reason = case state when 'committing' then ${'answer_lost' satisfies UnconfirmedReason} end
           where export_id = ${exportId} and state in ('listed', 'uploading', 'committing')`.execute(tx);
      }),

    /** Previews are of use until the next one. */
    async dropPreviews(accountId: number): Promise<void> {
      await db.deleteFrom('exports').where('account_id', '=', accountId).where('kind', '=', 'preview').execute();
    },
  };
}

async function spendReExport(tx: Transaction<Schema>, accountId: number): Promise<void> {
  await sql`
    update settings
       set settings = jsonb_set(settings, '{reExport}', 'false'), version = version + 1, updated_at = now()
     where account_id = ${accountId} and (settings->>'reExport')::boolean`.execute(tx);
}
