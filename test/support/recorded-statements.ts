import pg from 'pg';

/** A statement as it was sent to Postgres. */
export interface RecordedStatement {
  text: string;
  values: unknown[];
}

/** What a statement that reads or writes rows begins with. */
const OF_ROWS = /^\s*(select|insert|update|delete|with)\b/i;

/** Does the work and answers each different statement that this process sent meanwhile, with the first values. */
export async function statementsOf(work: () => Promise<unknown>): Promise<RecordedStatement[]> {
  const recorded = new Map<string, RecordedStatement>();
  const { prototype } = pg.Client;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own client below
  const query = prototype.query as (this: pg.Client, ...given: unknown[]) => unknown;
  prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [text, values] = given;
    if (typeof text === 'string' && OF_ROWS.test(text) && !recorded.has(text)) {
      recorded.set(text, { text, values: Array.isArray(values) ? (values as unknown[]) : [] });
    }
    return query.apply(this, given);
  } as typeof prototype.query;
  try {
    await work();
  } finally {
    prototype.query = query as typeof prototype.query;
  }
  return [...recorded.values()];
}
