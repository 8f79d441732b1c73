import path from 'node:path';
import { z } from 'zod';
import type { Sentence } from '../../errors/codes.ts';
import { describePlan, type PlanDescription, type PlanPrices } from '../../client/previews/plan-description.ts';
import { assertKnownUsers } from '../../client/accounts/known-users.ts';
import { amocrmAnswers } from '../../client/previews/preflight.ts';
import { type ExportStatus, isFinal } from '../../client/exports/status.ts';
import { ExportError } from '../../errors/export-error.ts';
import { UNKNOWN_VALUES } from '../../errors/unknown-values.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { mappingWarnings } from '../answers/mapping-warnings.ts';
import { errorOf } from '../answers/page-sentences.ts';
import { under } from '../answers/under-field.ts';
import { accountOf, callerOf } from '../auth/caller.ts';
import type { Services } from '../parts.ts';
import type { Api } from './api.ts';
import { exportId } from './shapes/export-status.ts';
import { preview } from './shapes/preview.ts';
import { blockError } from './status-view.ts';

export function previewRoutes(app: Api, { ledger, access, exports }: Services, prices: PlanPrices): void {
  app.post(
    '/previews',
    {
      schema: {
        summary: 'Begins to count what an export with these settings, saved or not, would send. The latest one counts.',
        body: z.strictObject({ settings: z.record(z.string(), z.unknown()) }),
        response: { 202: exportId },
      },
    },
    async (request, reply) => {
      const account = accountOf(request);
      const settings = under('settings', () => parseExportSettings(request.body.settings));
      await amocrmAnswers(access, account);
      await assertKnownUsers(access, account, settings, 'settings.');
      await ledger.spending(callerOf(request).token, () => Promise.resolve());
      return reply.code(202).send({ exportId: await exports.startPreview(account.accountId, settings) });
    },
  );

  app.get(
    '/previews/:exportId',
    { schema: { summary: 'What a preview has counted so far.', params: exportId, response: { 200: preview } } },
    async (request) => {
      const account = accountOf(request);
      const status = await exports.status(account.accountId, request.params.exportId);
      if (status.kind !== 'preview') {
        throw new ExportError('export_not_found', { values: { exportId: status.exportId } });
      }
      const state = stateOf(status);
      const mapping = (await ledger.exports.find(status.exportId))?.settings.mapping;
      const missing = mapping && state === 'completed' ? await mappingWarnings(access, account, mapping) : [];
      const error = blockError(status);
      // Where this server keeps its files is nothing for the account's people.
      const tariffFile = path.basename(prices.tariffFile);
      const plan = await describePlan(ledger, account, status, { ...prices, tariffFile });
      return {
        ...plan,
        state,
        error:
          state === 'failed'
            ? errorOf(error ?? new ExportError('export_failed', { values: { problem: UNKNOWN_VALUES.problem } }))
            : null,
        estimate: state === 'completed' ? plan.estimate : null,
        warnings: state === 'completed' ? [...missing, ...warningsOf(plan)] : [],
      };
    },
  );
}

/** How a server gets a tariff is nothing that the account's people could see to; that there is none the page says itself. */
function warningsOf({ warnings, priceNotes, estimate }: PlanDescription): Sentence[] {
  return estimate.roubles === null ? warnings : [...warnings, ...priceNotes];
}

/** A preview that waits for a person is of no use: it is begun again once that is put right. */
function stateOf(status: ExportStatus): 'planning' | 'completed' | 'failed' {
  if (status.state === 'completed') return 'completed';
  return isFinal(status) || status.state === 'blocked' ? 'failed' : 'planning';
}
