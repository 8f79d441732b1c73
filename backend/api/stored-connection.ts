import type { Ledger } from '../../ledger/ledger.ts';
import type { StoredConnection } from './shapes/connection.ts';

const TAIL = 4;

/** The account's connection as the page may see it: of the key its last four characters, of a very short one nothing. */
export async function connectionView(
  { connections }: Pick<Ledger, 'connections'>,
  accountId: number,
): Promise<StoredConnection | null> {
  const connection = await connections.read(accountId);
  if (!connection) return null;
  const { connectionId, language, apiKey } = connection;
  return { connectionId, language, apiKeyTail: apiKey.length >= 4 * TAIL ? apiKey.slice(-TAIL) : '' };
}
