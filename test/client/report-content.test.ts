import { describe, expect, test } from '@jest/globals';
import { readXlsx } from 'hucre/xlsx';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { reportCells } from '../../client/reports/report-cells.ts';
import { reportContent } from '../../client/reports/report-content.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../client/reports/report-format.ts';
import { REPORT_COLUMNS, type ReportRow } from '../../ledger/exports/report-columns.ts';

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
  reason_text: 'recording_expired',
  cut_values: null,
  converted_from: null,
  channels: null,
  operator_name: 'Ольга Ковалёва',
  card_link: '',
  recording_seconds: null,
  recording_remarks: null,
};

async function* rows(...given: Partial<ReportRow>[]): AsyncGenerator<ReportRow> {
  for (const differing of given) yield await Promise.resolve({ ...ROW, ...differing });
}

interface Reading {
  language?: 'ru' | 'en';
  excel?: boolean;
}

function content(
  given: AsyncIterable<ReportRow>,
  format: ReportFormat,
  { language = 'en', excel = false }: Reading = {},
): Readable {
  return reportContent(
    reportCells(given, { host: 'example.amocrm.ru', timeZone: 'Europe/Moscow', language }),
    format,
    excel,
  );
}

const HEADER =
  'call_id,note_id,entity_type,entity_id,direction,started_at,talk_seconds,operator_id,state,reason,talk_id,attempts,bytes,audio_format,reason_text,cut_values,converted_from,channels,operator_name,card_link,recording_seconds,recording_remarks';
const FORMULAS = ['=1+1', '+7', '-2', '@x', '\tx', '\rx'];

async function sheetOf(stream: Readable): Promise<unknown[][]> {
  const { sheets } = await readXlsx(await buffer(stream));
  return sheets[0]?.rows ?? [];
}

test('the columns of the first release keep their names and places', () => {
  expect(Object.keys(REPORT_COLUMNS).join()).toBe(HEADER);
});

test('CSV has the columns of the contract, CRLF, empty cells for what is not known, and the account’s own time', async () => {
  expect(await text(content(rows({}), 'csv'))).toBe(
    `${HEADER}\r\n1,42,contact,7,incoming,2026-11-02T12:00:00+03:00,60,,failed,recording_expired,,2,,,the recording is gone from its link,,,,Ольга Ковалёва,https://example.amocrm.ru/contacts/detail/7,,\r\n`,
  );
});

test.each(REPORT_FORMATS)('%s says the reason as a code and as a sentence of its reader’s language', async (format) => {
  const stream = content(rows({}), format, { language: 'ru' });
  const said = format === 'xlsx' ? JSON.stringify(await sheetOf(stream)) : await text(stream);
  expect(said).toContain('recording_expired');
  expect(said).toContain('записи больше нет по ссылке');
});

test('a call without a reason has no sentence, and a newer version’s reason neither', async () => {
  const cells = [];
  for await (const row of reportCells(
    rows({ reason: null, reason_text: null }, { reason: 'of_tomorrow', reason_text: 'of_tomorrow' }),
    { host: 'example.amocrm.ru', timeZone: 'Europe/Moscow', language: 'ru' },
  ))
    cells.push(row);
  expect(cells.map(({ reason, reason_text }) => [reason, reason_text])).toEqual([
    [null, null],
    ['of_tomorrow', ''],
  ]);
});

test('CSV for Excel has a byte order mark and semicolons', async () => {
  const bytes = await buffer(content(rows({}), 'csv', { excel: true }));
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(bytes.toString().slice(1).split('\r\n')[0]).toBe(HEADER.replaceAll(',', ';'));
});

test.each(FORMULAS)('a CSV cell that begins like the formula %j is text', async (cell) => {
  const csv = await text(content(rows({ talk_id: cell }), 'csv'));
  expect(csv).toContain(`'${cell}`);
});

const DELIMITERS = [',', ';', '\t', '\r', '\n', '\r\n'];

/** How a program reads a CSV with a delimiter of its own choice: quotes count only where a cell begins. */
function cellsBy(delimiter: string, csv: string): string[] {
  const cells = [''];
  let quoted = false;
  for (let at = 0; at < csv.length; at++) {
    const letter = csv[at] ?? '';
    const cell = cells.at(-1) ?? '';
    if (letter === '"' && (quoted || cell === '')) quoted = !quoted;
    else if (!quoted && (letter === delimiter || letter === '\n' || letter === '\r')) cells.push('');
    else cells[cells.length - 1] = cell + letter;
  }
  return cells;
}

describe.each([false, true])('a CSV of foreign texts (for Excel: %j)', (excel) => {
  const formulas = DELIMITERS.flatMap((delimiter) =>
    ['=1+1', '+1', '-1', '@x', ' =1+1', '"=1+1', '""=1+1', "'\t=1"].map(
      (formula) => `Ann${delimiter}${formula}${delimiter}x`,
    ),
  );

  test.each([...FORMULAS, ...formulas])('%j is never a formula, whatever delimiter is taken', async (name) => {
    const csv = await text(content(rows({ operator_name: name, talk_id: name }), 'csv', { excel }));
    for (const delimiter of [',', ';', '\t']) {
      expect(cellsBy(delimiter, csv).filter((cell) => /^[\s"]*[=+@-]/.test(cell))).toEqual([]);
    }
  });

  test.each(DELIMITERS)('with %j are quoted', async (delimiter) => {
    const csv = await text(content(rows({ operator_name: `Ann${delimiter}x` }), 'csv', { excel }));
    expect(csv).toContain(`"Ann${delimiter}x"`);
  });
});

test.each([...FORMULAS, '+79991234567'])('a workbook’s cell %j is text, as it stands', async (cell) => {
  const book = await buffer(content(rows({ talk_id: cell }), 'xlsx'));
  const { sheets } = await readXlsx(book);
  expect(sheets[0]?.rows[1]?.[10]).toBe(cell);
  expect(JSON.stringify(sheets[0])).not.toContain('"formula"');
});

test('a phone that begins with a plus is still a phone to its reader', async () => {
  expect(await text(content(rows({ talk_id: '+79991234567' }), 'csv'))).toContain(",'+79991234567,");
});

test('cells with quotes, commas and line breaks stay one cell', async () => {
  const csv = await text(content(rows({ talk_id: 'a "b", c\nd' }), 'csv'));
  expect(csv).toContain('"a ""b"", c\nd"');
});

test('a workbook has the columns of the contract, numbers as numbers, and one row a call', async () => {
  const [header, ...calls] = await sheetOf(content(rows({}, { call_id: 2 }), 'xlsx'));
  expect(header?.join()).toBe(HEADER);
  expect(calls.map(([callId, noteId, entityType]) => [callId, noteId, entityType])).toEqual([
    [1, 42, 'contact'],
    [2, 42, 'contact'],
  ]);
});

test('JSON is an array of rows with the same names', async () => {
  const report: unknown = JSON.parse(await text(content(rows({}, { call_id: 2 }), 'json')));
  const written = {
    ...ROW,
    started_at: '2026-11-02T12:00:00+03:00',
    reason_text: 'the recording is gone from its link',
    card_link: 'https://example.amocrm.ru/contacts/detail/7',
  };
  expect(report).toEqual([written, { ...written, call_id: 2 }]);
});

test('an empty report is a header, or an empty array', async () => {
  expect(await text(content(rows(), 'csv'))).toBe(`${HEADER}\r\n`);
  expect(JSON.parse(await text(content(rows(), 'json')))).toEqual([]);
  expect((await sheetOf(content(rows(), 'xlsx'))).map((cells) => cells.join())).toEqual([HEADER]);
});

test.each(REPORT_FORMATS)('%s whose rows break off fails instead of ending like a whole one', async (format) => {
  async function* broken(): AsyncGenerator<ReportRow> {
    yield await Promise.resolve(ROW);
    throw new Error('connection lost');
  }
  await expect(buffer(content(broken(), format))).rejects.toThrow('connection lost');
});

test.each(REPORT_FORMATS)('%s of a hundred thousand calls is read from the ledger as it is written', async (format) => {
  let read = 0;
  async function* many(): AsyncGenerator<ReportRow> {
    while (read < 100_000) yield await Promise.resolve({ ...ROW, call_id: ++read });
  }
  const stream = content(many(), format);
  for await (const _ of stream) break;
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(20_000);
});
