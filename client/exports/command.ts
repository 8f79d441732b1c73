import { randomUUID } from 'node:crypto';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import { restoreError } from '../../errors/restore-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { KeptCommand } from '../../ledger/exports/commands.ts';
import type { DisposableToken } from '../../ledger/accounts/spent-tokens.ts';
import type { AccountAccess } from '../accounts/account-access.ts';
import type { ExportClient } from '../export-client.ts';
import { assertKnownUsers } from '../accounts/known-users.ts';
import { preflight } from '../previews/preflight.ts';

/** What a button asks for. */
export type Action =
  /** An export with the saved settings. */
  | { do: 'start' }
  | { do: 'stop' | 'resume'; exportId: string }
  | { do: 'retry'; exportId: string; reasons: string[]; unconfirmed: boolean };

export interface Order {
  /** The Idempotency-Key: asked for twice under one key, it is done once and answered alike. */
  key: string;
  token: DisposableToken;
  userId: number;
  action: Action;
}

/**
 * Carries out what somebody asked for by a button, once for each Idempotency-Key, whatever dies in between: the export
 * that it begins has its id before it is started, and Temporal takes each id once.
 *
 * @returns the id of the export that it began or acted on.
 * @throws {ExportError} `token_used`, `idempotency_key_reused`, `export_not_found`; those of {@link preflight} and of
 *   the ExportClient's methods.
 */
export async function carryOut(
  access: AccountAccess,
  exports: ExportClient,
  account: Account,
  { key, token, userId, action }: Order,
): Promise<{ exportId: string }> {
  const { ledger } = access;
  const { accountId } = account;
  // Said before anything is kept: another account's export leaves no trace here.
  if (action.do !== 'start') await assertOwn(access, exports, accountId, action.exportId);
  const begins = action.do === 'start' || action.do === 'retry';
  const command = {
    accountId,
    key,
    userId,
    request: JSON.stringify(action),
    exportId: begins ? randomUUID() : action.exportId,
    beginsExport: begins,
  };
  const kept = await ledger.spending(token, async ({ commands }) => {
    const found = await commands.take(command);
    if (found.request !== command.request) throw new ExportError('idempotency_key_reused');
    return found;
  });
  if (!kept.outcome) await perform(access, exports, account, action, kept, key);
  else if ('refused' in kept.outcome) throw refusal(kept.outcome);
  return { exportId: kept.exportId };
}

async function perform(
  access: AccountAccess,
  exports: ExportClient,
  account: Account,
  action: Action,
  { exportId }: KeptCommand,
  key: string,
): Promise<void> {
  const { commands } = access.ledger;
  const { accountId } = account;
  try {
    switch (action.do) {
      case 'start':
      case 'retry':
        await begin(access, exports, account, action, exportId);
        break;
      case 'stop':
        await exports.askToStop(accountId, exportId);
        break;
      case 'resume':
        await exports.resume(accountId, exportId);
    }
  } catch (error) {
    const known = findExportError(error);
    // A refusal stands for its key; after anything else the same key may be tried again.
    if (known && (known.kind === 'permanent' || known.kind === 'auth')) {
      await commands.settle(accountId, key, { refused: known.code, values: known.values });
    }
    throw error;
  }
  await commands.settle(accountId, key, { done: true });
}

async function begin(
  access: AccountAccess,
  exports: ExportClient,
  account: Account,
  action: Extract<Action, { do: 'start' | 'retry' }>,
  exportId: string,
): Promise<void> {
  const { accountId } = account;
  const running = await exports.running(accountId);
  // Begun under this key before, by a request that nobody heard the end of.
  if (running === exportId || (await access.ledger.exports.find(exportId))) return;
  if (running !== undefined) throw new ExportError('export_already_running', { values: { exportId: running } });
  await preflight(access, account);
  if (action.do === 'start') {
    const { settings } = await access.ledger.settings.read(accountId);
    await assertKnownUsers(access, account, settings);
    await exports.start(accountId, settings, exportId);
  } else {
    const { reasons, unconfirmed, exportId: of } = action;
    await exports.retry(accountId, { reasons, unconfirmed, of, exportId });
  }
}

/** An export that no worker has recorded yet is known by its run alone. */
async function assertOwn(
  { ledger }: AccountAccess,
  exports: ExportClient,
  accountId: number,
  exportId: string,
): Promise<void> {
  const row = await ledger.exports.find(exportId);
  if (row?.accountId === accountId && row.kind !== 'preview') return;
  if (!row && (await exports.running(accountId)) === exportId) return;
  throw new ExportError('export_not_found', { values: { exportId } });
}

/** Of a newer version's code it is known only that it refused. */
function refusal({ refused, values }: { refused: string; values: unknown }): ExportError {
  return restoreError(refused, values) ?? new ExportError('unexpected', { values: { what: refused } });
}
