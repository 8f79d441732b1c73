import type { Sentence } from '../../errors/codes.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import type { ConnectionProbe } from '../../speechsense/reading/check-connection.ts';
import type { ConnectionAccess } from '../../speechsense/speechsense.ts';
import type { AccountAccess } from '../accounts/account-access.ts';
import { cleanSecret, type SecretName } from '../accounts/secret.ts';

/** What SpeechSense may hear in a connection's talks. */
const LANGUAGES = ['ru-RU', 'ru-RU, kk-KZ'] as const;

export const API_KEY: SecretName = { en: 'API key', ru: 'API-ключ', field: 'apiKey' };

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
): Promise<{ accountId: number; connectionId: string; language: string; probe: ConnectionProbe }> {
  const connection = {
    accountId,
    connectionId: connectionIdOf(given.connectionId),
    language: languageOf(given.language),
    apiKey: cleanSecret(given.apiKey, API_KEY),
  };
  const probe = await access.speechSense.checkConnection(connection);
  await access.ledger.setConnection(connection);
  return { accountId, connectionId: connection.connectionId, language: connection.language, probe };
}

/** What a connection that works is told. */
export const CONNECTION_WORKS: Sentence = {
  en: 'The connection works: SpeechSense accepted the key.',
  ru: 'Подключение работает: SpeechSense принял ключ.',
};

/** Where a search wants more than the connection's id. */
export const CONNECTION_UNCERTAIN: Sentence = {
  en: 'SpeechSense answers, but a search by the connection id alone does not tell whether the id is right: the first upload will. Compare it with the connection page.',
  ru: 'SpeechSense отвечает, но поиск по одному ID подключения не показывает, верен ли он: это покажет первая загрузка. Сверьте ID со страницей подключения.',
};

/** For a connection that is known not to keep call ids. */
export const CALL_ID_ADVICE: Sentence = {
  en: 'Add the metadata key call_id (a string) to the connection: by it the talk of an upload whose answer was lost is told from all others.',
  ru: 'Добавьте в подключение ключ метаданных call_id (строка): по нему разговор, ответ о загрузке которого потерян, отличается от всех других.',
};

export interface ConnectionCheck {
  /** Why it does not work; undefined when it does. Carries SpeechSense's own id of the request, for its support. */
  error: ExportError | undefined;
  /** What SpeechSense told; null where it refused. */
  probe: ConnectionProbe | null;
  /** Whether the connection keeps `call_id`; null until a talk of it could be read. */
  keepsCallId: boolean | null;
}

/**
 * Whether a connection answers to its key.
 *
 * @param unsaved what a form holds instead of the stored values.
 * @throws {ExportError} `connection_not_set` where neither has an id or a key; `usage`.
 */
export async function checkConnection(
  access: AccountAccess,
  accountId: number,
  unsaved: Partial<Pick<NewConnection, 'connectionId' | 'apiKey'>> = {},
): Promise<ConnectionCheck> {
  const stored = await access.ledger.connections.read(accountId);
  const connectionId = unsaved.connectionId === undefined ? stored?.connectionId : connectionIdOf(unsaved.connectionId);
  const apiKey = unsaved.apiKey === undefined ? stored?.apiKey : cleanSecret(unsaved.apiKey, API_KEY);
  if (connectionId === undefined || apiKey === undefined) throw new ExportError('connection_not_set');
  const connection = { connectionId, apiKey };
  const { error, probe } = await probeOf(access, connection);
  const learned = await access.ledger.connectionKeys.read(accountId, connectionId);
  return { error, probe, keepsCallId: learned?.keys.includes('call_id') ?? null };
}

async function probeOf(
  access: AccountAccess,
  connection: ConnectionAccess,
): Promise<Pick<ConnectionCheck, 'error' | 'probe'>> {
  try {
    return { error: undefined, probe: await access.speechSense.checkConnection(connection) };
  } catch (error) {
    const known = findExportError(error);
    if (!known) throw error;
    return { error: known, probe: null };
  }
}

/** @throws {ExportError} `usage` */
export function connectionIdOf(text: string): string {
  const connectionId = text.trim();
  if (/^[A-Za-z0-9_-]{1,50}$/.test(connectionId)) return connectionId;
  const problem = {
    en: 'a connection id is up to 50 Latin letters and digits: copy it from the connection page of your space',
    ru: 'ID подключения — до 50 латинских букв и цифр: скопируйте его на странице подключения в пространстве',
  };
  throw new ExportError('usage', { values: { problem }, field: 'connectionId' });
}

/** @throws {ExportError} `usage` */
export function languageOf(text: string): string {
  const wanted = text.replaceAll(' ', '').toLowerCase();
  const language = LANGUAGES.find((known) => known.replaceAll(' ', '').toLowerCase() === wanted);
  if (language !== undefined) return language;
  const known = LANGUAGES.map((one) => `"${one}"`);
  const problem = {
    en: `the language must be ${known.join(' or ')}`,
    ru: `язык должен быть ${known.join(' или ')}`,
  };
  throw new ExportError('usage', { values: { problem }, field: 'language' });
}
