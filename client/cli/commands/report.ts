import { type Command, Option } from 'commander';
import { pipeline } from 'node:stream/promises';
import { EXIT } from '../../../errors/exit-codes.ts';
import { ExportError } from '../../../errors/export-error.ts';
import type { Account } from '../../../ledger/accounts.ts';
import type { ExportRow } from '../../../ledger/exports.ts';
import type { Ledger } from '../../../ledger/ledger.ts';
import { writeReportFile } from '../../report-file.ts';
import { type ReportFormat, reportText } from '../../report-text.ts';
import { addCommand, type Runner } from '../command.ts';

interface ReportFlags {
  export?: string;
  format?: ReportFormat;
  out?: string;
  state?: string;
  json?: boolean;
}

const STATES = ['skipped', 'planned', 'uploading', 'committing', 'exported', 'failed', 'waiting', 'unconfirmed'];

export function addReportCommand(program: Command, runner: Runner): void {
  addCommand<ReportFlags>(program, runner, {
    name: 'report',
    summary: 'print all calls of an export, skipped ones too, each with its state and reason',
    account: true,
    options: [
      new Option('--export <id>', 'another one than the last'),
      new Option('--format <format>', 'csv unless --json asks for the other').choices(['csv', 'json']),
      new Option('--out <file>', 'write to a file'),
      new Option('--state <state>', 'only calls in this state').choices(STATES),
    ],
    examples: ['report --out report.csv', 'report --state failed', 'report --format json | jq length'],
    async run({ services, output, account }, flags) {
      const { ledger } = services;
      const chosen = await account();
      const { exportId } = await exportOf(ledger, chosen, flags.export);
      const format = flags.format ?? (flags.json === true ? 'json' : 'csv');
      let rows = 0;
      const text = reportText(counted(ledger.report.rows(exportId, flags.state)), format, chosen.timeZone);
      if (flags.out === undefined) {
        await pipeline(text, output.stdout, { end: false });
        return EXIT.done;
      }
      const file = flags.out;
      await writeReportFile(text, file);
      output.result({ exportId, file, format, rows }, () => [
        output.text({ en: `${rows} calls are in ${file}.`, ru: `Звонков в ${file}: ${rows}.` }),
      ]);
      return EXIT.done;

      async function* counted<Row>(source: AsyncIterable<Row>): AsyncGenerator<Row> {
        for await (const row of source) {
          rows++;
          yield row;
        }
      }
    },
  });
}

/** @throws {ExportError} `export_not_found`, also for another account's; `no_exports_yet` */
async function exportOf(ledger: Ledger, { accountId }: Account, exportId: string | undefined): Promise<ExportRow> {
  if (exportId === undefined) {
    const [last] = await ledger.exports.list(accountId, 1);
    if (!last) throw new ExportError('no_exports_yet');
    return last;
  }
  const row = await ledger.exports.find(exportId);
  if (row?.accountId !== accountId)
    throw new ExportError('export_not_found', { values: { exportId: exportId.slice(0, 40) } });
  return row;
}
