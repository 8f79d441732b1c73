import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { CommandOutcome } from '../schema.ts';

/** What somebody asked for by a button. */
export interface Command {
  accountId: number;
  /** The Idempotency-Key, a UUID. */
  key: string;
  /** What was asked for in full: the same key comes with the same text or is a mistake. */
  request: string;
  /** The export that it begins, or acts on. */
  exportId: string;
  beginsExport: boolean;
  userId: number;
}

export interface KeptCommand extends Pick<Command, 'request' | 'exportId'> {
  /** Null while nobody knows how it went: whoever asks again carries it out (again). */
  outcome: CommandOutcome | null;
}

/** Commands under their Idempotency-Keys. */
export function createCommands(db: Database) {
  return {
    /** Keeps the command, once; answers what is kept under its key, which is an earlier one where there is one. */
    async take({ accountId, key, request, exportId, beginsExport, userId }: Command): Promise<KeptCommand> {
      await db
        .insertInto('commands')
        .values({
          account_id: accountId,
          key,
          request,
          export_id: exportId,
          begins_export: beginsExport,
          user_id: userId,
          outcome: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return db
        .selectFrom('commands')
        .select(['request', 'export_id as exportId', 'outcome'])
        .where('account_id', '=', accountId)
        .where('key', '=', key)
        .executeTakeFirstOrThrow();
    },

    /** The first outcome counts. */
    async settle(accountId: number, key: string, outcome: CommandOutcome): Promise<void> {
      await db
        .updateTable('commands')
        .set({ outcome: sql`${JSON.stringify(outcome)}::jsonb` })
        .where('account_id', '=', accountId)
        .where('key', '=', key)
        .where('outcome', 'is', null)
        .execute();
    },

    /** Who began each of these exports by a button; those of the command line are not among them. */
    async beginners(exportIds: readonly string[]): Promise<Map<string, { id: number; name: string }>> {
      if (exportIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('commands as c')
        .leftJoin('users as u', (join) =>
          join.onRef('u.account_id', '=', 'c.account_id').onRef('u.user_id', '=', 'c.user_id'),
        )
        .select(['c.export_id as exportId', 'c.user_id as id', 'u.name'])
        .where('c.begins_export', '=', true)
        .where('c.export_id', 'in', exportIds)
        .execute();
      return new Map(rows.map(({ exportId, id, name }) => [exportId, { id, name: name ?? '' }]));
    },
  };
}
