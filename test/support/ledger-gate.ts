import pg from 'pg';
import { waitFor } from './wait-for.ts';

/** Holds every write to the registry of talks, so that a process can be caught in the middle of one. */
export interface LedgerGate {
  /** Waits until a statement that contains one of these texts is held; answers which. */
  holds(...fragments: string[]): Promise<string>;
  /** Ends the sessions whose statements are held: they never happened. */
  killHeld(): Promise<void>;
  /** Lets what is held go on, whether or not the process that asked for it still lives. */
  open(): Promise<void>;
}

export async function closeGate(databaseUrl: string): Promise<LedgerGate> {
  const [holder, observer] = await Promise.all([connected(databaseUrl), connected(databaseUrl)]);
  await holder.query('begin');
  await holder.query('lock table talks in share row exclusive mode');
  const held = async () =>
    (
      await observer.query<{ pid: number; query: string }>(
        `select pid, query from pg_stat_activity
          where pid in (select pid from pg_locks where relation = 'talks'::regclass and not granted)`,
      )
    ).rows;
  return {
    holds: (...fragments) =>
      waitFor(
        async () => {
          const queries = (await held()).map(({ query }) => query);
          return fragments.find((fragment) => queries.some((query) => query.includes(fragment)));
        },
        { what: `"${fragments.join('" or "')}" to be held` },
      ),
    killHeld: async () => {
      for (const { pid } of await held()) await observer.query('select pg_terminate_backend($1)', [pid]);
    },
    open: async () => {
      await holder.query('rollback');
      await Promise.all([holder.end(), observer.end()]);
    },
  };
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}
