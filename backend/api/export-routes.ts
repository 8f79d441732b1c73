import { z } from 'zod';
import { listCalls } from '../../client/reports/call-list.ts';
import { CALL_STATES } from '../../client/reports/call-states.ts';
import { type Action, carryOut } from '../../client/exports/command.ts';
import { repeatedCalls } from '../../client/previews/repeated-calls.ts';
import { REASON_SENTENCES } from '../../errors/reasons.ts';
import { ExportError } from '../../errors/export-error.ts';
import { accountOf, callerOf } from '../auth/caller.ts';
import type { Services } from '../parts.ts';
import type { FastifyRequest } from 'fastify';
import type { Api } from './api.ts';
import { callPage } from './shapes/call.ts';
import { exportId, exportPage, exportStatus } from './shapes/export-status.ts';
import { retryChoice } from './shapes/retry.ts';
import { statusView } from './status-view.ts';

const nothing = z.strictObject({});
const keyed = z.looseObject({ 'idempotency-key': z.uuid() });
const repeats = z.object({ calls: z.number() });
const begun = { 202: exportId };

const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);

export function exportRoutes(app: Api, { ledger, access, exports, now }: Services): void {
  const order = async (request: FastifyRequest, key: string, action: Action) => {
    const { token, userId } = callerOf(request);
    return carryOut(access, exports, accountOf(request), { key, token, userId, action });
  };

  app.post(
    '/exports',
    {
      schema: { summary: 'Starts an export with the saved settings.', headers: keyed, body: nothing, response: begun },
    },
    async (request, reply) =>
      reply.code(202).send(await order(request, request.headers['idempotency-key'], { do: 'start' })),
  );

  app.get(
    '/re-export',
    {
      schema: {
        summary: 'How many calls a start with the saved settings would send once more; 0 without re-export.',
        response: { 200: repeats },
      },
    },
    async (request) => {
      const account = accountOf(request);
      const { settings } = await ledger.settings.read(account.accountId);
      return { calls: await repeatedCalls(ledger, account, settings, now()) };
    },
  );

  for (const what of ['stop', 'resume'] as const) {
    app.post(
      `/exports/:exportId/${what}`,
      {
        schema: {
          summary: what === 'stop' ? 'Ends the export within seconds.' : 'Lets a blocked export go on.',
          params: exportId,
          headers: keyed,
          body: nothing,
          response: begun,
        },
      },
      async (request, reply) => {
        const action = { do: what, exportId: request.params.exportId };
        return reply.code(202).send(await order(request, request.headers['idempotency-key'], action));
      },
    );
  }

  app.post(
    '/exports/:exportId/retry',
    {
      schema: {
        summary: 'Starts an export of the calls of this one that did not come through.',
        params: exportId,
        headers: keyed,
        body: retryChoice,
        response: begun,
      },
    },
    async (request, reply) => {
      const action = { do: 'retry' as const, exportId: request.params.exportId, ...request.body };
      return reply.code(202).send(await order(request, request.headers['idempotency-key'], action));
    },
  );

  app.get(
    '/exports',
    {
      schema: {
        summary: 'The exports and retries, the newest first.',
        querystring: z.strictObject({ limit: limit(50, 10), before: z.uuid().optional() }),
        response: { 200: exportPage },
      },
    },
    async (request) => {
      const { accountId } = accountOf(request);
      const page = await exports.history(accountId, request.query);
      return { exports: page.exports.map(statusView), next: page.next };
    },
  );

  app.get(
    '/exports/:exportId',
    { schema: { summary: 'One export.', params: exportId, response: { 200: exportStatus } } },
    async (request) => {
      const { accountId } = accountOf(request);
      const status = await exports.status(accountId, request.params.exportId);
      if (status.kind === 'preview') {
        throw new ExportError('export_not_found', { values: { exportId: status.exportId } });
      }
      return statusView(status);
    },
  );

  app.get(
    '/exports/:exportId/calls',
    {
      schema: {
        summary: 'Its calls: by their own times, or (`latest`) those that something happened to last first.',
        params: exportId,
        querystring: z.strictObject({
          state: z.enum(CALL_STATES).optional(),
          reason: z
            .string()
            .refine((reason) => Object.hasOwn(REASON_SENTENCES, reason))
            .optional(),
          operatorId: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
          order: z.enum(['newest', 'oldest', 'latest']).default('newest'),
          after: z.string().max(50).optional(),
          limit: limit(200, 50),
        }),
        response: { 200: callPage },
      },
    },
    async (request) => listCalls(ledger, accountOf(request), request.params.exportId, request.query),
  );
}
