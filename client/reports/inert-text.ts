/**
 * What begins a formula in a spreadsheet: `= + - @`, also in their full-width forms, behind blanks and quotes. A program
 * that takes another delimiter than the file's begins a new cell after any of them, inside quotes too.
 */
const FORMULA = /(^|[,;\t\r\n])(?=[\s"']*[=+\-@＝＋－＠]|[\t\r])/g;

/** A text of a CSV that no spreadsheet runs: an apostrophe stands before each formula in it. A phone is still read as one. */
export function inertText(text: string): string {
  return text.replace(FORMULA, "$1'");
}

/** Fields that some program would read as several unless they are quoted. */
export const NEEDS_QUOTES = /[,;\t\r\n"]/;
