import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Change } from '../../ledger/ledger.ts';
import { type ExportSettings, SettingsInvalid } from '../../settings/export-settings.ts';
import { API_KEY, connectionIdOf, languageOf } from '../connections/connection-admin.ts';
import { cleanSecret } from '../accounts/secret.ts';

/** A connection as a form has it. */
interface ConnectionForm {
  connectionId: string;
  language: string;
  /** Absent keeps the stored one. */
  apiKey?: string | undefined;
}

export interface SettingsForm {
  /** The version that the form was filled from. */
  version: number;
  settings: ExportSettings;
  connection: ConnectionForm;
}

/**
 * Saves what a settings page holds, unless somebody else has saved meanwhile.
 *
 * A connection is kept as it is given, whether SpeechSense lets it in or not: a form is filled while the cloud's side
 * is still being prepared, and an export looks before it starts. One with neither id nor key yet is not kept.
 *
 * @returns the new version.
 * @throws {ExportError} `settings_stale`; {@link SettingsInvalid}; then nothing is saved.
 */
export async function saveSettings(
  { settings, connections }: Pick<Change, 'settings' | 'connections'>,
  { accountId }: Pick<Account, 'accountId'>,
  form: SettingsForm,
): Promise<number> {
  const before = await settings.read(accountId);
  if (before.version !== form.version) throw stale(before.version);
  assertSameNetworks(before.settings, form.settings);
  const stored = await connections.read(accountId);
  const { connectionId, language, apiKey } = form.connection;
  if (connectionId.trim() !== '' || apiKey !== undefined || stored) {
    if (apiKey === undefined && !stored) {
      throw new SettingsInvalid([{ field: 'connection.apiKey', message: KEY_MISSING }]);
    }
    await connections.put({
      accountId,
      connectionId: connectionIdOf(connectionId),
      language: languageOf(language),
      apiKey: apiKey === undefined ? (stored?.apiKey ?? '') : cleanSecret(apiKey, API_KEY),
    });
  }
  const version = await settings.put(accountId, form.settings, form.version);
  if (version === undefined) throw stale((await settings.read(accountId)).version);
  return version;
}

/**
 * The networks that recordings may be fetched from are the operator's: one who is the administrator of an amoCRM
 * account, and of nothing else, must not open this server's network.
 */
function assertSameNetworks(before: ExportSettings, given: ExportSettings): void {
  if (JSON.stringify(before.recordingHosts) === JSON.stringify(given.recordingHosts)) return;
  throw new SettingsInvalid([
    {
      field: 'settings.recordingHosts',
      message: {
        en: 'only the operator of this server can open private networks, on the command line',
        ru: 'открыть частную сеть может только тот, кто обслуживает этот сервер, из командной строки',
      },
    },
  ]);
}

const KEY_MISSING: Sentence = { en: 'the API key is missing', ru: 'не указан API-ключ' };

function stale(version: number): ExportError {
  return new ExportError('settings_stale', { values: { version } });
}
