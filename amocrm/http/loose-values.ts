import { createHash } from 'node:crypto';

/** What telephonies, people and old integrations write where a number, a text or a moment is documented. */

/** Longer than any value that is of use; a hostile one of megabytes is kept no longer than this. */
const MAX_CHARACTERS = 4_000;
/** Milliseconds were seen where seconds are documented; nothing here is from the year 5138. */
const MAX_SECONDS = 100_000_000_000;
/** The end of the year 9999: the years after it are written with a sign, which Postgres does not read. */
const MAX_MILLISECONDS = 253_402_300_799_999;

/** A text, or a number as one; null where there is nothing. Never longer than 4,000 characters. */
export function toText(value: unknown): string | null {
  const text = toWholeText(value)?.slice(0, MAX_CHARACTERS);
  return text === undefined ? null : storable(text);
}

/** The same, however long it is. */
export function toWholeText(value: unknown): string | null {
  if (typeof value === 'number') return isExact(value) ? String(value) : null;
  if (typeof value !== 'string') return null;
  const text = storable(value).trim();
  return text === '' ? null : text;
}

export function toWhole(value: unknown): number | null {
  const text = toText(value);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Seconds of talk, rounded. */
export function toSeconds(value: unknown): number | null {
  const text = toText(value);
  return text !== null && /^\d{1,9}(\.\d+)?$/.test(text) ? Math.round(Number(text)) : null;
}

/** amoCRM's number of a thing: a positive integer, also as digits in a string. */
export function toId(value: unknown): number | null {
  const text = toText(value);
  const id = text !== null && /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return id > 0 && Number.isSafeInteger(id) ? id : null;
}

/** A moment in Unix seconds (or milliseconds) since 1970. */
export function toMoment(value: unknown): Date | null {
  const moment = toMomentOfAnyYear(value);
  return moment !== null && moment.getTime() > 0 ? moment : null;
}

/** The same, also in 1970 and before, where people's birthdays are: 0 is the first of January 1970. */
export function toMomentOfAnyYear(value: unknown): Date | null {
  const text = toText(value);
  if (text === null || !/^-?\d{1,16}$/.test(text)) return null;
  const number = Number(text);
  const size = Math.abs(number);
  if (size > MAX_MILLISECONDS) return null;
  return new Date(size > MAX_SECONDS ? number : number * 1000);
}

/** Some digits that tell two values apart and say nothing else of them. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The same of a value, as far as it can be told: one that is nested thousands deep is like any other such. */
export function printOf(value: unknown): string {
  try {
    return shortHash(JSON.stringify(value));
  } catch (error) {
    if (error instanceof RangeError) return shortHash('too deep');
    throw error;
  }
}

/** A greater integer has lost digits on its way through JSON: two different ids could have become one. */
function isExact(number: number): boolean {
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
}

/** Postgres takes neither a NUL nor half a surrogate pair: one such character must not keep a page from being kept. */
function storable(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}
