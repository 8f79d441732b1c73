import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from '../../errors/exit-codes.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ExportClient } from '../../client/export-client.ts';
import { type ExportStatus, isFinal } from '../../client/exports/status.ts';
import type { CommandContext } from '../command.ts';
import { toExportError } from '../failure.ts';
import { createDisplay, type Display } from './display.ts';
import { statusLines } from './status-lines.ts';

/** How many failed calls the progress names. */
const LATEST_FAILURES = 3;
/** Services that go away for a moment do not end a watch; the export outlives that as well. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;

export interface Followed {
  exports: ExportClient;
  ledger: Ledger;
  accountId: number;
  exportId: string;
  display: Display;
  /** Ends the watching, not the export. */
  signal: AbortSignal;
}

/**
 * Shows the export's progress until it is final.
 *
 * @returns the final status; undefined when the signal came first.
 * @throws {ExportError} when a service has been away for a minute.
 */
export async function follow(followed: Followed): Promise<ExportStatus | undefined> {
  const { exports, accountId, exportId, display, signal } = followed;
  let awaySince: number | undefined;
  for (;;) {
    try {
      for await (const status of exports.watch(accountId, exportId, signal)) {
        awaySince = undefined;
        display.show(status, await latestFailures(followed, status));
        if (isFinal(status)) return status;
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      awaySince ??= performance.now();
      const known = toExportError(error);
      if (known.kind !== 'retryable' || performance.now() - awaySince > PATIENCE_MS) throw known;
      await pause(RETRY_MS);
    }
  }
}

/** Watches to the end, prints the sums and tells the exit code; Ctrl-C only ends the watching. */
export async function followToEnd(
  { services, output }: CommandContext,
  exports: ExportClient,
  account: Account,
  exportId: string,
  tolerated: readonly string[] = [],
): Promise<number> {
  const { accountId } = account;
  const detach = new AbortController();
  const onInterrupt = () => detach.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const display = createDisplay(output, account);
    const { ledger } = services;
    const status = await follow({ exports, ledger, accountId, exportId, display, signal: detach.signal });
    if (status) {
      if (!output.json) output.result(status, () => ['', ...statusLines(status, account, output.language)]);
      return exitCodeOfStatus(status, tolerated);
    }
    output.remark({
      en: '\nThe export goes on without this window. `status --watch` shows it again, `stop` ends it.',
      ru: '\nВыгрузка продолжается без этого окна. Следить снова: `status --watch`, остановить: `stop`.',
    });
    return EXIT.done;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/**
 * The exit code of a watched export by how it ended.
 *
 * @param tolerated reasons for which calls may fail.
 */
export function exitCodeOfStatus(
  { state, calls, failures }: Pick<ExportStatus, 'state' | 'calls' | 'failures'>,
  tolerated: readonly string[] = [],
): number {
  if (state === 'stopped') return EXIT.stopped;
  if (state === 'failed') return EXIT.unexpected;
  const excused = tolerated.reduce((sum, reason) => sum + (failures[reason] ?? 0), 0);
  return calls.failed - excused + calls.unconfirmed > 0 ? EXIT.finishedWithFailures : EXIT.done;
}

function latestFailures({ ledger, exportId }: Followed, status: ExportStatus) {
  return status.calls.failed === 0 ? Promise.resolve([]) : ledger.report.latestFailures(exportId, LATEST_FAILURES);
}
