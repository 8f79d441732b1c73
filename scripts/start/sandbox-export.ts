import path from 'node:path';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { createDisplay } from '../../cli/watch/display.ts';
import { follow } from '../../cli/watch/follow.ts';
import { statusLines } from '../../cli/watch/status-lines.ts';
import { Output } from '../../cli/terminal/output.ts';
import type { ExportClient } from '../../client/export-client.ts';
import { reportCells } from '../../client/reports/report-cells.ts';
import { reportContent } from '../../client/reports/report-content.ts';
import { writeReportFile } from '../../client/reports/report-file.ts';
import type { ExportStatus } from '../../client/exports/status.ts';
import { makePrivateFolder } from './private-file.ts';

export interface SandboxExportOptions {
  exports: ExportClient;
  ledger: Ledger;
  account: Account;
  reportFolder: string;
  say: (line: string) => void;
}

/**
 * Exports the sandbox's calls with live progress; an export that an earlier start left running is followed instead.
 * Prints sums, reasons and where the report is.
 */
export async function exportSandbox({
  exports,
  ledger,
  account,
  reportFolder,
  say,
}: SandboxExportOptions): Promise<void> {
  const { accountId, host, timeZone } = account;
  const interrupted = await exports.running(accountId);
  if (interrupted !== undefined) say(`\nThe export ${interrupted} of an earlier start goes on:\n`);
  else say('\nExporting the sandbox’s calls:\n');
  const exportId = interrupted ?? (await exports.start(accountId, (await ledger.settings.read(accountId)).settings));

  const output = new Output({ stdout: process.stdout, stderr: process.stderr, json: false, language: 'en' });
  const display = createDisplay(output, account);
  let firstExportedMs: number | undefined;
  const status = await follow({
    exports,
    ledger,
    accountId,
    exportId,
    signal: new AbortController().signal,
    display: {
      show: (shown, latest) => {
        if (shown.calls.exported > 0) firstExportedMs ??= performance.now();
        display.show(shown, latest);
      },
    },
  });
  if (!status) return;

  const report = path.join(reportFolder, `${exportId}.csv`);
  const cells = reportCells(ledger.report.rows(exportId), { host, timeZone, language: 'en' });
  await makePrivateFolder(reportFolder);
  await writeReportFile(reportContent(cells, 'csv'), report);
  for (const line of ['', ...statusLines(status, account, 'en'), '', ...verdict(status), `Report: ${report}`])
    say(line);
  // Counted from the start of this process, so an installation of the dependencies is in it.
  if (interrupted === undefined && firstExportedMs !== undefined) {
    say(`From start to first exported call: ${(firstExportedMs / 1000).toFixed(1)} s`);
  }
}

function verdict({ state, calls }: ExportStatus): string[] {
  const already = calls.skipped['already_exported'] ?? 0;
  if (state !== 'completed' || already === 0) return [];
  return calls.exported === 0
    ? [`All ${already} calls that can be exported are exported already: nothing was sent twice.`]
    : [`${already} calls were exported already and were not sent again.`];
}
