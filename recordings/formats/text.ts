/** Enough to see what a body is. */
export const TEXT_HEAD_BYTES = 64 * 1024;
/** By chance bare samples of so few bytes may be letters; of so many different ones, none are. */
const MIN_LETTERS = 5;
const LONGEST_WORD = 64;

/** Whether these bytes are a page, an answer of an API, a playlist or a sentence, and no sound, whatever they are called. */
export function isText(head: Buffer, isWhole: boolean): boolean {
  return isMarkup(head) || (isWhole && isJson(head)) || isPlainText(head);
}

/** A tag in front, and nothing but text behind it. */
function isMarkup(head: Buffer): boolean {
  const start = textOf(head.subarray(0, 2_048));
  return /^\s*<[!?/a-z][^>]*>/i.test(start) && !hasControls(start);
}

function isJson(whole: Buffer): boolean {
  const text = textOf(whole).trim();
  if (!/^[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Words: printable, of more than a few letters, with spaces between them unless they are short. */
function isPlainText(head: Buffer): boolean {
  const text = textOf(head);
  const isDecoded = !text.slice(0, -4).includes('\ufffd');
  const isWords = text.length <= LONGEST_WORD || /\s/.test(text);
  return isDecoded && isWords && !hasControls(text) && new Set(text).size >= MIN_LETTERS;
}

function textOf(bytes: Buffer): string {
  const isUtf16 = bytes.length >= 2 && bytes.readUInt16LE(0) === 0xfeff;
  return (isUtf16 ? bytes.subarray(2).toString('utf16le') : bytes.toString('utf8')).replace(/^\ufeff/, '');
}

function hasControls(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- that is what it looks for
  return /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text);
}
