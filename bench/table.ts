import { type Figure, isMet, ratioOf } from './figure.ts';

const HEADINGS = ['', 'measured', 'reference', 'ratio', 'aim', ''];
/** Text to the left, numbers to the right. */
const LEFT_ALIGNED = new Set([0, 5]);

/** The figures of one benchmark as lines of a table. */
export function tableOf(figures: readonly Figure[]): string[] {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return LEFT_ALIGNED.has(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf(figure: Figure): string[] {
  const { name, value, unit, reference } = figure;
  const ratio = ratioOf(figure);
  const met = isMet(figure);
  return [
    name,
    `${numberOf(value)} ${unit}`,
    reference === undefined ? '' : numberOf(reference.value),
    ratio === undefined ? '' : ratio.toFixed(2),
    aimOf(figure),
    [met === undefined ? '' : met ? 'met' : 'missed', reference?.name ?? ''].filter(Boolean).join(' · '),
  ];
}

function aimOf({ aim }: Figure): string {
  if (aim === undefined) return '';
  const bounds = [
    ...(aim.atLeast === undefined ? [] : [`≥ ${aim.atLeast}`]),
    ...(aim.atMost === undefined ? [] : [`≤ ${aim.atMost}`]),
  ];
  return bounds.join(' ');
}

/** Three digits that mean something. */
function numberOf(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 3));
}
