import { type Command, Option } from 'commander';
import { pipeline } from 'node:stream/promises';
import { EXIT } from '../../../errors/exit-codes.ts';
import type { Sentence } from '../../../errors/codes.ts';
import { ExportError } from '../../../errors/export-error.ts';
import type { Account } from '../../../ledger/accounts.ts';
import type { ExportRow } from '../../../ledger/exports.ts';
import type { Ledger } from '../../../ledger/ledger.ts';
import type { ReportRow } from '../../../ledger/report.ts';
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
      const counts = { rows: 0, converted: 0, mono: 0 };
      const text = reportText(counted(ledger.report.rows(exportId, flags.state)), format, chosen.timeZone);
      if (flags.out === undefined) {
        await pipeline(text, output.stdout, { end: false });
        if (counts.mono > 0) output.remark(monoSentence(counts.mono));
        return EXIT.done;
      }
      const file = flags.out;
      await writeReportFile(text, file);
      output.result({ exportId, file, format, ...counts }, () => [
        output.text({ en: `${counts.rows} calls are in ${file}.`, ru: `Звонков в ${file}: ${counts.rows}.` }),
        ...(counts.mono > 0 ? [output.text(monoSentence(counts.mono))] : []),
      ]);
      return EXIT.done;

      async function* counted(source: AsyncIterable<ReportRow>): AsyncGenerator<ReportRow> {
        for await (const row of source) {
          counts.rows++;
          if (row.state === 'exported' && row.channels === 1) counts.mono++;
          if (row.state === 'exported' && row.converted_from !== null) counts.converted++;
          yield row;
        }
      }
    },
  });
}

/** No API tells which kind a connection is of, so that this is said of every export with such recordings. */
function monoSentence(mono: number): Sentence {
  return {
    en: `${mono} exported recordings have one channel: in a two-channel connection SpeechSense hears both speakers as one. Have the telephony record two channels, or use a single-channel connection.`,
    ru: `Выгружено одноканальных записей: ${mono}. В двухканальном подключении SpeechSense принимает обоих собеседников за одного: включите в телефонии двухканальную запись или используйте одноканальное подключение.`,
  };
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
