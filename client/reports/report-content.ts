import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { writeXlsxStream } from 'hucre/xlsx';
import { REPORT_COLUMNS } from '../../ledger/exports/report-columns.ts';
import { inertText, NEEDS_QUOTES } from './inert-text.ts';
import type { ReportCells } from './report-cells.ts';
import type { ReportFormat } from './report-format.ts';

const COLUMNS = Object.keys(REPORT_COLUMNS);

/**
 * A report row by row, in constant memory: CSV with a header, quoted for programs that take another delimiter, an Excel workbook, or a JSON array.
 *
 * @param excel CSV as a double click in Excel understands it where the decimal sign is a comma: with a UTF-8 byte order
 *   mark and semicolons.
 */
export function reportContent(cells: AsyncIterable<ReportCells>, format: ReportFormat, excel = false): Readable {
  switch (format) {
    case 'csv':
      return csv(cells, excel);
    case 'xlsx':
      return workbook(cells);
    case 'json':
      return Readable.from(json(cells));
  }
}

function csv(cells: AsyncIterable<ReportCells>, excel: boolean): Readable {
  const text = stringify({
    header: true,
    columns: COLUMNS,
    record_delimiter: 'windows',
    bom: excel,
    delimiter: excel ? ';' : ',',
    quoted_match: NEEDS_QUOTES,
    // Operators' names come from amoCRM, talk ids from SpeechSense: spreadsheets run what looks like a formula.
    cast: { string: inertText },
  });
  const records = Readable.from(cells);
  records.on('error', (error) => text.destroy(error));
  return records.pipe(text);
}

/** Text stays text in a workbook, whatever it begins with: only a cell that says it is a formula is one. */
function workbook(cells: AsyncIterable<ReportCells>): Readable {
  const columns = COLUMNS.map((name) => ({ header: name, key: name, width: Math.max(12, name.length + 2) }));
  return Readable.fromWeb(writeXlsxStream(cells, { name: 'calls', columns, freezePane: { rows: 1 } }));
}

async function* json(cells: AsyncIterable<ReportCells>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of cells) {
    yield `${before}${JSON.stringify(row, COLUMNS)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
