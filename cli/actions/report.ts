import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EXIT } from '../../errors/exit-codes.ts';
import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Progress } from '../../ledger/exports/progress.ts';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';
import { reportCells } from '../../client/reports/report-cells.ts';
import { reportContent } from '../../client/reports/report-content.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../client/reports/report-format.ts';
import { isStandardOutput, writeReportFile } from '../../client/reports/report-file.ts';
import { counted, noCalls } from '../../client/reports/report-totals.ts';
import { count } from '../terminal/amounts.ts';
import type { Language } from '../terminal/language.ts';
import { total } from '../watch/reasons.ts';
import { ENDS, WORDS } from '../watch/words.ts';
import type { CommandContext } from '../command.ts';

export interface ReportFlags {
  export?: string;
  format?: ReportFormat;
  excel?: boolean;
  out?: string;
  state?: string;
  json?: boolean;
}

export async function writeReport({ services, output, account }: CommandContext, flags: ReportFlags): Promise<number> {
  const format = formatOf(flags);
  const { ledger } = services;
  const chosen = await account();
  const { exportId } = await exportOf(ledger, chosen, flags.export);
  const totals = noCalls();
  const { host, timeZone } = chosen;
  const { language } = output;
  const audio = { mono: 0, converted: 0, incomplete: 0 };
  const rows = audioCounted(counted(ledger.report.rows(exportId, flags.state), totals), audio);
  const content = reportContent(reportCells(rows, { host, timeZone, language }), format, flags.excel);
  const { out: file } = flags;
  if (file === undefined || (await isStandardOutput(file))) {
    await pipeline(content, output.stdout, { end: false });
    for (const sentence of audioSentences(audio)) output.remark(sentence);
    return EXIT.done;
  }
  await writeReportFile(content, file);
  output.result({ exportId, file, format, rows: totals.found, calls: totals, ...audio }, () => {
    const found = count(totals.found, language);
    return [
      output.text({ en: `${found} calls are in ${file}.`, ru: `Звонков в ${file}: ${found}.` }),
      ...sums(totals, language),
      ...audioSentences(audio).map((sentence) => output.text(sentence)),
    ];
  });
  return EXIT.done;
}

/** Counts what was sent with one channel, and what was converted, while the rows go by. */
async function* audioCounted(
  rows: AsyncIterable<ReportRow>,
  audio: { mono: number; converted: number; incomplete: number },
) {
  for await (const row of rows) {
    if (row.state === 'exported' && row.channels === 1) audio.mono++;
    if (row.state === 'exported' && row.converted_from !== null) audio.converted++;
    if (row.state === 'exported' && row.recording_remarks?.split(' ').includes('incomplete')) audio.incomplete++;
    yield row;
  }
}

function audioSentences({ mono, incomplete }: { mono: number; incomplete: number }): Sentence[] {
  return [...(mono > 0 ? [monoSentence(mono)] : []), ...(incomplete > 0 ? [incompleteSentence(incomplete)] : [])];
}

function incompleteSentence(incomplete: number): Sentence {
  return {
    en: `${incomplete} exported recordings are incomplete: the telephony kept less of them than their files promise. What can be played was sent; the report's column recording_remarks says which ones.`,
    ru: `Выгружено неполных записей: ${incomplete}. Телефония сохранила меньше, чем обещают файлы; отправлено то, что проигрывается. Какие это записи, сказано в столбце recording_remarks отчёта.`,
  };
}

/** No API tells which kind a connection is of, so that this is said of every export with such recordings. */
function monoSentence(mono: number): Sentence {
  return {
    en: `${mono} exported recordings have one channel: in a two-channel connection SpeechSense hears both speakers as one. Have the telephony record two channels, or use a single-channel connection.`,
    ru: `Выгружено одноканальных записей: ${mono}. В двухканальном подключении SpeechSense принимает обоих собеседников за одного: включите в телефонии двухканальную запись или используйте одноканальное подключение.`,
  };
}

/** `1,000 exported + 30 failed`: what the rows come to. */
function sums({ skipped, ...calls }: Progress['calls'], language: Language): string[] {
  const sums = [
    ...Object.entries(ENDS).map(([end, title]) => ({ calls: calls[end as keyof typeof ENDS], title })),
    { calls: total(skipped), title: WORDS.skippedCount },
  ].filter((sum) => sum.calls > 0);
  return sums.length === 0
    ? []
    : [`  ${sums.map((sum) => `${count(sum.calls, language)} ${sum.title[language]}`).join(' + ')}`];
}

/** @throws {ExportError} `usage` */
function formatOf({ format: given, excel = false, out, json = false }: ReportFlags): ReportFormat {
  const ending = path
    .extname(out ?? '')
    .slice(1)
    .toLowerCase();
  const format = given ?? (ending === '' ? (json ? 'json' : 'csv') : REPORT_FORMATS.find((known) => known === ending));
  if (format === undefined) {
    const formats = REPORT_FORMATS.join(', ');
    const problem = {
      en: `A report is written as ${formats}, not as .${ending}: change the ending of --out, or say --format.`,
      ru: `Отчёт записывается как ${formats}, но не как .${ending}: измените окончание в --out или укажите --format.`,
    };
    throw new ExportError('usage', { values: { problem } });
  }
  if (format === 'xlsx' && out === undefined) {
    throw new ExportError('usage', {
      values: {
        problem: {
          en: 'a workbook is not printed: say with --out where to write it',
          ru: 'книга Excel не печатается: укажите файл в --out',
        },
      },
    });
  }
  if (excel && format !== 'csv') {
    const problem = {
      en: `--excel is about csv; ${format} needs no such thing`,
      ru: `--excel относится к csv, для ${format} он не нужен`,
    };
    throw new ExportError('usage', { values: { problem } });
  }
  return format;
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
