import { cancellationSignal } from '@temporalio/activity';
import { readAccount } from '../amocrm/account/account.ts';
import { readUsers } from '../amocrm/account/users.ts';
import { ExportError, type ErrorValues } from '../errors/export-error.ts';
import type { ExportKind, ExportState } from '../ledger/schema.ts';
import type { ExportSettings } from '../settings/export-settings.ts';
import { effectivePeriod, periodInterval } from '../settings/period.ts';
import type { SpeechSense } from '../speechsense/speechsense.ts';
import { type AmocrmDeps, amocrmOf } from './cards/amocrm-account.ts';

export interface OpenExport {
  exportId: string;
  accountId: number;
  kind: ExportKind;
  settings: ExportSettings;
  /** ISO 8601. */
  startedAt: string;
  retry?: { exportId: string; reasons: string[]; unconfirmed: boolean; missing: boolean };
}

export interface CloseExport {
  exportId: string;
  /** Of an export that ends before it was opened: what it was to be. */
  opening?: OpenExport;
  state: 'completed' | 'stopped' | 'failed';
  /** The code of the error that ended it as `failed`. */
  failedBy: string | null;
  /** What the sentence of that error is filled with. */
  failedValues?: ErrorValues;
}

export interface ExportDeps extends AmocrmDeps {
  speechSense: SpeechSense;
}

/** The beginning and the end of an export. */
export function createExportActivities(deps: ExportDeps) {
  const { ledger, speechSense } = deps;

  /** Writes down what the export is, with its period in this time zone. */
  async function record({ exportId, accountId, kind, settings, startedAt, retry }: OpenExport, timeZone: string) {
    const connection = await ledger.connections.read(accountId);
    const start = new Date(startedAt);
    const tried = retry ? await ledger.exports.find(retry.exportId) : undefined;
    const interval = periodInterval(effectivePeriod(settings, timeZone, start), timeZone, start);
    await ledger.exports.open({
      exportId,
      accountId,
      kind,
      retryOf: retry?.exportId ?? null,
      connectionId: connection?.connectionId ?? '',
      language: connection?.language ?? '',
      settings,
      intervalFrom: tried?.intervalFrom ?? interval.from,
      intervalUntil: tried?.intervalUntil ?? interval.until,
      startedAt: start,
    });
  }

  return {
    /**
     * Records the export, checks both ends before anything else, and renews what is known of the account and its users.
     * Run twice, it records once.
     */
    async openExport(opening: OpenExport): Promise<void> {
      const { exportId, accountId, kind, retry } = opening;
      const { account, http } = await amocrmOf(deps, accountId, cancellationSignal());
      const connection = await ledger.connections.read(accountId);
      if (!connection) throw new ExportError('connection_not_set');
      if (kind === 'preview') await ledger.exports.dropPreviews(accountId);
      // Before the checks, so that an export which they block is there to be seen and stopped.
      await record(opening, account.timeZone);
      const { groups, ...present } = await readAccount(http);
      const { timeZone } = present;
      await ledger.accounts.put({ ...present, accountId, host: http.host });
      await ledger.users.putAll(accountId, await readUsers(http, { groups }));
      if (kind !== 'preview') {
        await ledger.lineage.assertKept(accountId);
        await speechSense.checkConnection(connection);
      }
      if (timeZone !== account.timeZone) await record(opening, timeZone);
      if (retry) await ledger.retries.list(exportId, retry);
    },

    async recordState({
      exportId,
      state,
      blockedBy,
      blockedValues,
    }: {
      exportId: string;
      state: ExportState;
      blockedBy: string | null;
      blockedValues: ErrorValues;
    }) {
      await ledger.exports.setState(exportId, state, blockedBy, blockedValues);
    },

    /** Closes the export; one that ended before it was opened is recorded first, so that it can be asked about. */
    async closeExport({ exportId, opening, state, failedBy, failedValues }: CloseExport): Promise<void> {
      const account = opening && (await ledger.accounts.find(opening.accountId));
      if (account) await record(opening, account.timeZone);
      await ledger.exports.close(exportId, state, failedBy, failedValues);
    },
  };
}
