import { randomUUID } from 'node:crypto';
import { ExportError } from '../../errors/export-error.ts';
import type { ExportSettings } from '../../settings/export-settings.ts';
import { effectivePeriod, periodInterval } from '../../settings/period.ts';
import type { ExportInput, RetryInput } from '../../workflows/messages.ts';
import type { ExportDeps } from '../export-deps.ts';
import { withGroupMembers } from '../accounts/group-members.ts';
import { hasFinished } from './running-export.ts';

export interface NewExport {
  accountId: number;
  kind: ExportInput['kind'];
  settings: ExportSettings;
  retry?: RetryInput;
  /** Given by who may have to ask twice: the same id never begins a second export. */
  exportId?: string | undefined;
  /** How long it waits for an export to end whose end is written down already. Default 60 s: a dead worker costs half of it. */
  endWithinMs?: number;
}

/**
 * Starts an export, a preview or a retry.
 *
 * @returns its id, at once; a worker takes it up.
 * @throws {ExportError} `export_already_running` with the running one's id; `export_ending`; `settings_invalid`;
 * `connection_not_set`.
 */
export async function startExport(
  { workflows, ledger, pace, now }: ExportDeps,
  { accountId, kind, settings, retry, exportId = randomUUID(), endWithinMs = 60_000 }: NewExport,
): Promise<string> {
  const account = await ledger.accounts.find(accountId);
  if (!account) throw new ExportError('account_not_found', { values: { account: accountId } });
  if (!(await ledger.connections.read(accountId))) throw new ExportError('connection_not_set');
  const period = effectivePeriod(settings, account.timeZone, now());
  periodInterval(period, account.timeZone, now());

  // A retry takes the calls that its export has let through.
  const chosen = kind === 'retry' ? settings : await withGroupMembers(ledger, accountId, settings);
  const input: ExportInput = {
    exportId,
    accountId,
    kind,
    settings: { ...chosen, period },
    pace,
    ...(retry ? { retry } : {}),
  };
  const patience = AbortSignal.timeout(endWithinMs);
  while (!(await workflows.launch(input, `${kind} ${period.from} … ${period.to}`))) {
    const running = await workflows.running(accountId, kind);
    if (running?.exportId === exportId) return exportId;
    if (running && !(await hasFinished(ledger, running.exportId))) {
      throw new ExportError('export_already_running', { values: { exportId: running.exportId } });
    }
    try {
      await workflows.ended(accountId, kind, patience);
    } catch (error) {
      if (!patience.aborted || !running) throw error;
      const { exportId: ending, taskQueue } = running;
      throw new ExportError('export_ending', { cause: error, values: { exportId: ending, taskQueue } });
    }
  }
  return exportId;
}
