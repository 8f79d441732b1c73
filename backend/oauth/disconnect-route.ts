import { z } from 'zod';
import { endAccessIfRefused } from '../../client/accounts/disconnected.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { Api } from '../api/api.ts';
import type { Hooks, Services } from '../parts.ts';
import { isHookSigned } from './hook-signature.ts';
import { SparseChecks } from './sparse-checks.ts';

/** Between two looks at one account's access. */
const REST_MS = 10_000;

const text = z.string().max(200).optional();

/** amoCRM's page names the second parameter both ways. */
const disconnected = z.looseObject({ account_id: text, client_uuid: text, client_id: text, signature: text });

/**
 * amoCRM tells that the integration was switched off. The signature has no time in it, so an old hook can be sent
 * again: whether the access is over, amoCRM itself is asked, after the answer.
 */
export function disconnectRoute(
  app: Api,
  { ledger, access }: Services,
  { background, integration, metrics }: Hooks,
): void {
  const checks = new SparseChecks(background, REST_MS);
  app.addHook('onClose', (_, closed) => {
    checks.stop();
    closed();
  });
  app.get('/oauth/disconnect', { schema: { hide: true, querystring: disconnected } }, async (request, reply) => {
    const { account_id: accountId = '', client_uuid: uuid, client_id: id, signature = '' } = request.query;
    if (!isHookSigned(integration, { accountId, clientId: uuid ?? id ?? '', signature })) {
      metrics.hooks.inc({ hook: 'disconnect', outcome: 'hook_refused' });
      throw new ExportError('hook_refused');
    }
    const account = /^\d{1,15}$/.test(accountId) ? await ledger.accounts.find(Number(accountId)) : undefined;
    metrics.hooks.inc({ hook: 'disconnect', outcome: account ? 'ok' : 'account_not_found' });
    if (account) {
      checks.ask(account.accountId, 'disconnect hook', async () => {
        const ended = await endAccessIfRefused(access, account);
        request.log.info({ accountId: account.accountId, ended }, 'disconnect hook');
      });
    }
    return reply.send({ ok: true });
  });
}
