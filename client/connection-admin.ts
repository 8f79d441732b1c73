import { ExportError, findExportError } from '../errors/export-error.ts';
import type { ConnectionAccess } from '../speechsense/speechsense.ts';
import type { AccountAccess } from './account-access.ts';
import { cleanSecret } from './secret.ts';

/** What SpeechSense may hear in a connection's talks. */
const LANGUAGES = ['ru-RU', 'ru-RU, kk-KZ'] as const;

export interface NewConnection {
  connectionId: string;
  language: string;
  apiKey: string;
}

/**
 * Sets where the account's calls go, after a read with the key has shown that SpeechSense lets it in.
 *
 * @throws {ExportError} `usage`; `speechsense_…` by what is wrong; then nothing is written.
 */
export async function setConnection(
  access: AccountAccess,
  accountId: number,
  given: NewConnection,
): Promise<{ accountId: number; connectionId: string; language: string }> {
  const connection = {
    accountId,
    connectionId: connectionIdOf(given.connectionId),
    language: languageOf(given.language),
    apiKey: cleanSecret(given.apiKey, 'API key'),
  };
  await access.speechSense.checkConnection(connection);
  await access.ledger.connections.put(connection);
  return { accountId, connectionId: connection.connectionId, language: connection.language };
}

export interface ConnectionCheck {
  ok: boolean;
  /** The error's code and sentence; null when all is well. */
  code: string | null;
  message: string | null;
  /** SpeechSense's own id of the failed request, for its support. */
  requestId: string | null;
}

/** Whether the stored connection answers to its key. @throws {ExportError} `connection_not_set` */
export async function checkConnection(
  access: AccountAccess,
  accountId: number,
): Promise<{ check: ConnectionCheck; error: ExportError | undefined }> {
  const connection = await access.ledger.connections.read(accountId);
  if (!connection) throw new ExportError('connection_not_set');
  const error = await refusalOf(access, connection);
  const check = {
    ok: error === undefined,
    code: error?.code ?? null,
    message: error?.message ?? null,
    requestId: error?.requestId ?? null,
  };
  return { check, error };
}

async function refusalOf(access: AccountAccess, connection: ConnectionAccess): Promise<ExportError | undefined> {
  try {
    await access.speechSense.checkConnection(connection);
    return undefined;
  } catch (error) {
    const known = findExportError(error);
    if (!known) throw error;
    return known;
  }
}

function connectionIdOf(text: string): string {
  const connectionId = text.trim();
  if (/^[A-Za-z0-9_-]{1,50}$/.test(connectionId)) return connectionId;
  const problem =
    'a connection id is up to 50 Latin letters and digits: copy it from the connection page of your space';
  throw new ExportError('usage', { values: { problem }, field: 'connectionId' });
}

function languageOf(text: string): string {
  const wanted = text.replaceAll(' ', '').toLowerCase();
  const language = LANGUAGES.find((known) => known.replaceAll(' ', '').toLowerCase() === wanted);
  if (language !== undefined) return language;
  const problem = `the language must be ${LANGUAGES.map((known) => `"${known}"`).join(' or ')}`;
  throw new ExportError('usage', { values: { problem }, field: 'language' });
}
