import { z } from 'zod';
import { CALL_ID_ADVICE, checkConnection, CONNECTION_WORKS } from '../../client/connection-admin.ts';
import { connectionKeys } from '../../client/connection-keys.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { accountOf, callerOf } from '../auth/caller.ts';
import type { Parts } from '../parts.ts';
import type { Api } from './api.ts';
import { formText, sentence } from './shapes.ts';

export function connectionRoutes(app: Api, { ledger, access }: Parts): void {
  app.post(
    '/connection/check',
    {
      schema: {
        summary: 'Whether SpeechSense lets us in: with the values given, where one is absent with the stored one.',
        body: z.strictObject({
          connectionId: formText(200).optional(),
          language: formText(50).optional(),
          apiKey: formText(8192).optional(),
        }),
        response: {
          200: z.object({ ok: z.boolean(), code: z.string().nullable(), message: sentence, requestId: z.string() }),
        },
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
        response: {
          200: z.object({ keys: z.array(z.object({ key: z.string(), title: sentence, standard: z.boolean() })) }),
        },
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
