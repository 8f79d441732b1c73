import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { DateTime } from 'luxon';
import type { AccountAccess } from '../../client/accounts/account-access.ts';
import { addAccount } from '../../client/accounts/account-admin.ts';
import { setConnection } from '../../client/connections/connection-admin.ts';
import { workflowIdOf } from '../../client/exports/export-workflows.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import type { SandboxProcess } from './sandbox-process.ts';

/** How far back the sandbox's calls reach. */
const WORLD_DAYS = 21;

/**
 * Brings the tables up to date.
 *
 * Keys that were made anew (the data folder was deleted, the database was not) cannot open the sandbox's secrets of
 * before; they are worth nothing, so the account goes and comes back.
 */
export async function migrateLedger(ledger: Ledger, sandboxAccountId: number): Promise<string[]> {
  try {
    return (await ledger.migrate()).migrations;
  } catch (error) {
    if (findExportError(error)?.code !== 'secret_unreadable') throw error;
    await ledger.accounts.remove(sandboxAccountId);
    return (await ledger.migrate()).migrations;
  }
}

/** Forgets what was exported of another invented account with the same number. */
export async function forgetOldWorld(ledger: Ledger, temporal: Client, accountId: number): Promise<boolean> {
  if (!(await ledger.accounts.find(accountId))) return false;
  try {
    await temporal.workflow.getHandle(workflowIdOf(accountId, 'export')).terminate('the sandbox has other calls now');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  await ledger.accounts.remove(accountId);
  return true;
}

/** Adds the sandbox's account and connection; settings that cover all its calls unless somebody has stored others. */
export async function registerSandbox(
  access: AccountAccess,
  { amocrm, token, connectionId, apiKey }: SandboxProcess['addresses'],
  anchor: string,
): Promise<{ accountId: number; host: string }> {
  const account = await addAccount(access, amocrm, token);
  const stored = await access.ledger.settings.read(account.accountId);
  await setConnection(access, account.accountId, { connectionId, language: 'ru-RU', apiKey });
  if (stored.version === 0) {
    const last = DateTime.fromISO(anchor);
    const period = { from: day(last.minus({ days: WORLD_DAYS + 1 })), to: day(last.plus({ days: 1 })) };
    await access.ledger.settings.put(account.accountId, parseExportSettings({ period }));
  }
  return account;
}

function day(date: DateTime): string {
  return date.toFormat('yyyy-MM-dd');
}
