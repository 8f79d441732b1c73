import { assertKnownUsers } from '../../client/accounts/known-users.ts';
import { saveSettings } from '../../client/previews/save-settings.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { mappingWarnings } from '../answers/mapping-warnings.ts';
import { under } from '../answers/under-field.ts';
import { accountOf, callerOf } from '../auth/caller.ts';
import type { Services } from '../parts.ts';
import type { Api } from './api.ts';
import { savedSettings, settingsForm, settingsOutcome } from './shapes/settings.ts';
import { connectionView } from './stored-connection.ts';

export function settingsRoutes(app: Api, { ledger, access }: Services): void {
  app.get(
    '/settings',
    {
      schema: {
        summary: 'The saved settings, and of the API key its last four characters.',
        response: { 200: savedSettings },
      },
    },
    async (request) => {
      const account = accountOf(request);
      const { version, settings } = await ledger.settings.read(account.accountId);
      const connection = await connectionView(ledger, account.accountId);
      return { version, settings, connection, warnings: await mappingWarnings(access, account, settings.mapping) };
    },
  );

  app.put(
    '/settings',
    {
      schema: {
        summary: 'Saves the settings over the version that they were made from. Without `apiKey` the stored one stays.',
        body: settingsForm,
        response: { 200: settingsOutcome },
      },
    },
    async (request) => {
      const account = accountOf(request);
      const { version: over, connection } = request.body;
      const settings = under('settings', () => parseExportSettings(request.body.settings));
      await assertKnownUsers(access, account, settings, 'settings.');
      const version = await ledger.spending(callerOf(request).token, (change) =>
        saveSettings(change, account, { version: over, settings, connection }),
      );
      return { version, warnings: await mappingWarnings(access, account, settings.mapping) };
    },
  );
}
