import { z } from 'zod';
import { assertKnownUsers } from '../../client/known-users.ts';
import { saveSettings } from '../../client/save-settings.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { mappingWarnings } from '../answers/mapping-warnings.ts';
import { under } from '../answers/under-field.ts';
import { accountOf, callerOf } from '../auth/caller.ts';
import type { Parts } from '../parts.ts';
import type { Api } from './api.ts';
import { formText, sentence, storedConnection } from './shapes.ts';
import { connectionView } from './stored-connection.ts';

const form = z.strictObject({
  version: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  /** As a settings file; what is absent takes its default. */
  settings: z.record(z.string(), z.unknown()),
  connection: z.strictObject({
    connectionId: formText(200),
    language: formText(50),
    apiKey: formText(8192).optional(),
  }),
});

export function settingsRoutes(app: Api, { ledger, access }: Parts): void {
  app.get(
    '/settings',
    {
      schema: {
        summary: 'The saved settings, and of the API key its last four characters.',
        response: {
          200: z.object({
            version: z.number(),
            settings: z.record(z.string(), z.unknown()),
            connection: storedConnection.nullable(),
            warnings: z.array(sentence),
          }),
        },
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
        body: form,
        response: { 200: z.object({ version: z.number(), warnings: z.array(sentence) }) },
      },
    },
    async (request) => {
      const account = accountOf(request);
      const { version: over, connection } = request.body;
      const settings = under('settings', () => parseExportSettings(request.body.settings));
      await assertKnownUsers(access, account, settings, 'settings.users');
      const version = await ledger.spending(callerOf(request).token, (change) =>
        saveSettings(change, account, { version: over, settings, connection }),
      );
      return { version, warnings: await mappingWarnings(access, account, settings.mapping) };
    },
  );
}
