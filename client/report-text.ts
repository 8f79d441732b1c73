import { Readable } from 'node:stream';
import { type Stringifier, stringify } from 'csv-stringify';
import { DateTime } from 'luxon';
import type { ReportRow } from '../ledger/report.ts';

/** Names and order are a contract. */
const REPORT_COLUMNS = [
  'call_id',
  'note_id',
  'entity_type',
  'entity_id',
  'direction',
  'started_at',
  'talk_seconds',
  'operator_id',
  'state',
  'reason',
  'talk_id',
  'attempts',
  'bytes',
  'audio_format',
  'cut_values',
] as const satisfies (keyof ReportRow)[];

export type ReportFormat = 'csv' | 'json';

/**
 * A report as UTF-8 text, row by row: CSV by RFC 4180 with a header, or a JSON array.
 *
 * @param timeZone the account's, in which the calls' times are written, with their offset.
 */
export function reportText(rows: AsyncIterable<ReportRow>, format: ReportFormat, timeZone: string): Readable {
  return format === 'csv' ? csv(rows, timeZone) : Readable.from(json(rows, timeZone));
}

function csv(rows: AsyncIterable<ReportRow>, timeZone: string): Stringifier {
  const text = stringify({
    header: true,
    columns: [...REPORT_COLUMNS],
    record_delimiter: 'windows',
    // A cell that begins like a formula is run by spreadsheets; SpeechSense's ids and future reasons are not ours.
    escape_formulas: true,
  });
  const records = Readable.from(written(rows, timeZone));
  records.on('error', (error) => text.destroy(error));
  return records.pipe(text);
}

async function* json(rows: AsyncIterable<ReportRow>, timeZone: string): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of written(rows, timeZone)) {
    yield `${before}${JSON.stringify(row, [...REPORT_COLUMNS])}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

async function* written(rows: AsyncIterable<ReportRow>, timeZone: string) {
  for await (const row of rows) yield { ...row, started_at: localTime(row.started_at, timeZone) };
}

function localTime(moment: Date, timeZone: string): string {
  const local = DateTime.fromJSDate(moment, { zone: timeZone });
  return (local.isValid ? local : local.setZone('utc')).toISO({ suppressMilliseconds: true }) ?? moment.toISOString();
}
