import { expect, test } from '@jest/globals';
import { text } from 'node:stream/consumers';
import { reportText } from '../../client/report-text.ts';
import type { ReportRow } from '../../ledger/report.ts';

const ROW: ReportRow = {
  call_id: 1,
  note_id: 42,
  entity_type: 'contact',
  entity_id: 7,
  direction: 'incoming',
  started_at: new Date('2026-11-02T09:00:00Z'),
  talk_seconds: 60,
  operator_id: null,
  state: 'failed',
  reason: 'recording_expired',
  talk_id: null,
  attempts: 2,
  bytes: null,
  audio_format: null,
  cut_values: null,
};

async function* rows(...given: Partial<ReportRow>[]): AsyncGenerator<ReportRow> {
  for (const differing of given) yield await Promise.resolve({ ...ROW, ...differing });
}

const HEADER =
  'call_id,note_id,entity_type,entity_id,direction,started_at,talk_seconds,operator_id,state,reason,talk_id,attempts,bytes,audio_format,cut_values';

test('CSV has the columns of the contract, CRLF, empty cells for what is not known, and the account’s own time', async () => {
  expect(await text(reportText(rows({}), 'csv', 'Europe/Moscow'))).toBe(
    `${HEADER}\r\n1,42,contact,7,incoming,2026-11-02T12:00:00+03:00,60,,failed,recording_expired,,2,,,\r\n`,
  );
});

test.each(['=1+1', '+7', '-2', '@x', '\tx', '\rx'])(
  'a cell that begins like the formula %j is no formula',
  async (cell) => {
    const csv = await text(reportText(rows({ talk_id: cell }), 'csv', 'Europe/Moscow'));
    expect(csv).toContain(`'${cell}`);
  },
);

test('cells with quotes, commas and line breaks stay one cell', async () => {
  const csv = await text(reportText(rows({ talk_id: 'a "b", c\nd' }), 'csv', 'Europe/Moscow'));
  expect(csv).toContain('"a ""b"", c\nd"');
});

test('JSON is an array of rows with the same names', async () => {
  const report: unknown = JSON.parse(await text(reportText(rows({}, { call_id: 2 }), 'json', 'Europe/Moscow')));
  expect(report).toEqual([
    { ...ROW, started_at: '2026-11-02T12:00:00+03:00' },
    { ...ROW, call_id: 2, started_at: '2026-11-02T12:00:00+03:00' },
  ]);
});

test('an empty report is a header, or an empty array', async () => {
  expect(await text(reportText(rows(), 'csv', 'Europe/Moscow'))).toBe(`${HEADER}\r\n`);
  expect(JSON.parse(await text(reportText(rows(), 'json', 'Europe/Moscow')))).toEqual([]);
});

test('a report whose rows break off fails instead of ending like a whole one', async () => {
  async function* broken(): AsyncGenerator<ReportRow> {
    yield await Promise.resolve(ROW);
    throw new Error('connection lost');
  }
  await expect(text(reportText(broken(), 'csv', 'Europe/Moscow'))).rejects.toThrow('connection lost');
  await expect(text(reportText(broken(), 'json', 'Europe/Moscow'))).rejects.toThrow('connection lost');
});
