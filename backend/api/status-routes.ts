import { z } from 'zod';
import { describeAccount } from '../../client/accounts/account-admin.ts';
import { consentLink } from '../../client/accounts/account-consent.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import { type Caller, callerOf } from '../auth/caller.ts';
import type { Services } from '../parts.ts';
import type { Api } from './api.ts';
import { type AccountView, type CompletedExport, status } from './shapes/account.ts';
import type { ExportStatus } from './shapes/export-status.ts';
import { statusView } from './status-view.ts';
import { connectionView } from './stored-connection.ts';

/** What the page asks every few seconds, and the way out where the account is not connected. */
export function statusRoutes(app: Api, services: Services, audioConversion: boolean): void {
  const { ledger, access } = services;

  app.get(
    '/status',
    {
      config: { unconnected: true },
      schema: { summary: 'Where the account and its export are.', response: { 200: status } },
    },
    async (request) => {
      const caller = callerOf(request);
      const account = await viewOf(services, caller);
      if (!caller.account || caller.isAdmin !== true) {
        return { account, connection: null, settingsVersion: 0, audioConversion, export: null, lastCompleted: null };
      }
      const { accountId } = caller.account;
      const [connection, { version }, last] = await Promise.all([
        connectionView(ledger, accountId),
        ledger.settings.read(accountId),
        lastExport(services, accountId),
      ]);
      const lastCompleted = last?.state === 'completed' ? null : await lastCompletedOf(ledger, accountId);
      return { account, connection, settingsVersion: version, audioConversion, export: last, lastCompleted };
    },
  );

  app.post(
    '/consent',
    {
      config: { unconnected: true },
      schema: {
        summary: 'A consent page for this account: good once, for 20 minutes.',
        body: z.strictObject({}),
        response: { 200: z.object({ consentUrl: z.string() }) },
      },
    },
    async (request) => {
      const { host, token } = callerOf(request);
      return ledger.spending(token, ({ consents }) => consentLink(access, host, consents));
    },
  );
}

async function viewOf({ ledger }: Services, { accountId, host, account }: Caller): Promise<AccountView> {
  const facts = account && (await factsOf(ledger, account));
  return {
    accountId,
    host,
    name: account?.name ?? '',
    timeZone: account?.timeZone ?? 'Europe/Moscow',
    state: facts?.state ?? 'not_connected',
    message: facts?.message ?? null,
  };
}

async function factsOf(ledger: Services['ledger'], account: Account) {
  const { state, toDo } = await describeAccount(ledger, account);
  switch (state) {
    case 'connected':
    case 'no_connection':
      return { state: 'active' as const, message: null };
    case 'reauth_required':
      return { state: 'reauth_required' as const, message: toDo && toDo.pageSentence() };
    case 'no_token':
      return { state: 'not_connected' as const, message: null };
  }
}

/** The running export, else the last one. */
async function lastExport({ exports }: Services, accountId: number): Promise<ExportStatus | null> {
  try {
    return statusView(await exports.status(accountId));
  } catch (error) {
    if (findExportError(error)?.code === 'no_exports_yet') return null;
    throw error;
  }
}

async function lastCompletedOf(ledger: Services['ledger'], accountId: number): Promise<CompletedExport | null> {
  const row = await ledger.exports.lastCompleted(accountId);
  if (!row?.finishedAt) return null;
  const { calls } = await ledger.progress.read(row.exportId);
  return {
    exportId: row.exportId,
    period: row.settings.period,
    finishedAt: row.finishedAt.toISOString(),
    exported: calls.exported,
  };
}
