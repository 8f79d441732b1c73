import pg from 'pg';

/** A statement as it was sent to Postgres. */
export interface RecordedStatement {
  text: string;
  values: unknown[];
}

/** What a statement that reads or writes rows begins with. */
const OF_ROWS = /^\s*(\/\* prepared \*\/)?\s*(select|insert|update|delete|with)\b/i;

/** Does the work and answers each different statement that this process sent meanwhile, with the first values. */
export async function statementsOf(work: () => Promise<unknown>): Promise<RecordedStatement[]> {
  const recorded = new Map<string, RecordedStatement>();
  const stop = watchStatements((statement) => {
    if (!recorded.has(statement.text)) recorded.set(statement.text, statement);
  });
  try {
    await work();
  } finally {
    stop();
  }
  return [...recorded.values()];
}

/**
 * Hears of every statement that this process sends on connections that are opened from now on.
 *
 * @returns what ends it for later connections.
 */
export function watchStatements(hear: (statement: RecordedStatement) => void): () => void {
  const { prototype } = pg.Client;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own client below
  const query = prototype.query as (this: pg.Client, ...given: unknown[]) => unknown;
  prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first, second] = given;
    const { text, values } = isConfig(first) ? first : { text: first, values: second };
    if (typeof text === 'string' && OF_ROWS.test(text)) {
      hear({ text, values: Array.isArray(values) ? (values as unknown[]) : [] });
    }
    return query.apply(this, given);
  } as typeof prototype.query;
  return () => {
    prototype.query = query as typeof prototype.query;
  };
}

/** How pg is given a statement that is to be prepared. */
function isConfig(given: unknown): given is pg.QueryConfig {
  return typeof given === 'object' && given !== null && 'text' in given;
}
