import { z } from 'zod';
import { CALL_ID_ADVICE, checkConnection, CONNECTION_WORKS } from '../../client/connections/connection-admin.ts';
import { connectionKeys } from '../../client/connections/connection-keys.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { accountOf, callerOf } from '../auth/caller.ts';
import type { Services } from '../parts.ts';
import type { Api } from './api.ts';
import { connectionInput, connectionKeys as keys, connectionOutcome } from './shapes/connection.ts';

export function connectionRoutes(app: Api, { ledger, access }: Services): void {
  app.post(
    '/connection/check',
    {
      schema: {
        summary: 'Whether SpeechSense lets us in: with the values given, where one is absent with the stored one.',
        body: connectionInput.partial(),
        response: { 200: connectionOutcome },
      },
    },
    async (request) => {
      const { accountId } = accountOf(request);
      await ledger.spending(callerOf(request).token, () => Promise.resolve());
      const { connectionId, apiKey } = request.body;
      const unsaved = {
        ...(connectionId === undefined ? {} : { connectionId }),
        ...(apiKey === undefined ? {} : { apiKey }),
      };
      const { error, keepsCallId } = await checkConnection(access, accountId, unsaved);
      const works = keepsCallId === false ? joined(CONNECTION_WORKS, CALL_ID_ADVICE) : CONNECTION_WORKS;
      return {
        ok: error === undefined,
        code: error?.code ?? null,
        message: error ? error.pageSentence() : works,
        requestId: error?.requestId ?? request.id,
      };
    },
  );

  app.post(
    '/connection/keys',
    {
      schema: {
        summary: 'The keys that a SpeechSense connection needs for this mapping, in the order to create them.',
        body: z.strictObject({ mapping: z.record(z.string(), z.unknown()) }),
        response: { 200: keys },
      },
    },
    async (request) => {
      accountOf(request);
      const { mapping } = parseExportSettings({ mapping: request.body.mapping });
      await ledger.spending(callerOf(request).token, () => Promise.resolve());
      return {
        keys: connectionKeys(mapping).map(({ key, title, isBuiltIn }) => ({ key, title, standard: isBuiltIn })),
      };
    },
  );
}

function joined(one: { ru: string; en: string }, other: { ru: string; en: string }) {
  return { ru: `${one.ru} ${other.ru}`, en: `${one.en} ${other.en}` };
}
