import { DateTime } from 'luxon';
import { cardLink } from '../../amocrm/cards/entity-values.ts';
import type { Sentence } from '../../errors/codes.ts';
import { reasonSentence } from '../../errors/reasons.ts';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';

/** A call of a report as it is written out. */
export type ReportCells = Omit<ReportRow, 'started_at'> & { started_at: string };

export interface ReportReader {
  /** The account's, where its cards are. */
  host: string;
  /** The account's, in which the calls' times are written, with their offset. */
  timeZone: string;
  /** Of the reasons' sentences. */
  language: keyof Sentence;
}

/** The rows with times and reasons as their reader understands them, and links to the cards. */
export async function* reportCells(
  rows: AsyncIterable<ReportRow>,
  { host, timeZone, language }: ReportReader,
): AsyncGenerator<ReportCells> {
  for await (const row of rows) {
    yield {
      ...row,
      started_at: localTime(row.started_at, timeZone),
      card_link: cardLink(host, row.entity_type, row.entity_id),
      reason_text: row.reason_text === null ? null : reasonSentence(row.reason_text, language),
    };
  }
}

/** A moment in the account's time zone, with its offset. */
export function localTime(moment: Date, timeZone: string): string {
  const local = DateTime.fromJSDate(moment, { zone: timeZone });
  return (local.isValid ? local : local.setZone('utc')).toISO({ suppressMilliseconds: true }) ?? moment.toISOString();
}
