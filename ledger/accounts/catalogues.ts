import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

interface Named {
  id: number;
  name: string;
}

interface CustomField extends Named {
  type: string;
  code: string | null;
  options: Named[];
}

/** What an account's ids stand for, in parts that are read apart because not every mapping needs every one. */
export interface CatalogueParts {
  pipelines: (Named & { statuses: Named[] })[];
  loss_reasons: Named[];
  lead_fields: CustomField[];
  contact_fields: CustomField[];
  company_fields: CustomField[];
}

export type CataloguePart = keyof CatalogueParts;

export function createCatalogues(db: Database) {
  return {
    /** The part as last read; undefined when that was not since the given moment. */
    async read<Part extends CataloguePart>(
      accountId: number,
      part: Part,
      readSince: Date,
    ): Promise<CatalogueParts[Part] | undefined> {
      const { rows } = await sql<{ content: CatalogueParts[Part] }>`
        select content from catalogues
         where account_id = ${accountId} and part = ${part} and read_at >= ${readSince}`.execute(db);
      return rows[0]?.content;
    },

    async put<Part extends CataloguePart>(
      accountId: number,
      part: Part,
      content: CatalogueParts[Part],
      readAt: Date,
    ): Promise<void> {
      await sql`
        insert into catalogues (account_id, part, content, read_at)
        values (${accountId}, ${part}, ${JSON.stringify(content)}::jsonb, ${readAt})
        on conflict (account_id, part) do update set content = excluded.content, read_at = excluded.read_at`.execute(
        db,
      );
    },
  };
}
