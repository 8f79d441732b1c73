import { createHash } from 'node:crypto';

/** What telephonies and old integrations write where a number, a text or a moment is documented, read leniently. */

const MAX_TEXT = 4_000;

/** Milliseconds were seen where seconds are documented; no call is from the year 5138. */
const MAX_SECONDS = 100_000_000_000;
const MAX_MILLISECONDS = 8_640_000_000_000_000;

/** A text, or a number as one; null where there is nothing. Never longer than 4,000 characters. */
export function toText(value: unknown): string | null {
  const text = toWholeText(value)?.slice(0, MAX_TEXT);
  return text === undefined ? null : storable(text);
}

/** The same, however long it is. */
export function toWholeText(value: unknown): string | null {
  // A greater integer has lost digits on its way through JSON: two different ids could have become one.
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : String(value);
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

/** A moment in Unix seconds (or milliseconds). */
export function toMoment(value: unknown): Date | null {
  const number = toId(value);
  if (number === null || number > MAX_MILLISECONDS) return null;
  return new Date(number > MAX_SECONDS ? number : number * 1000);
}

/** Some digits that tell two values apart and say nothing else of them. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Postgres takes neither a NUL nor half a surrogate pair: one such character must not keep a page from being kept. */
function storable(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}
