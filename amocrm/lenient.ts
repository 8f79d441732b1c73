import { z } from 'zod';

/** Longer than any value that is of use; a hostile one of megabytes is kept no longer than this. */
const MAX_CHARACTERS = 4_000;
/** Milliseconds were seen where seconds are documented; nothing here is from the year 5138. */
const MAX_SECONDS = 100_000_000_000;

/** A key that may hold whatever it likes, or be missing. */
const anything = z.unknown().optional();

/** A list whose unreadable items are left out: one odd item costs nobody else anything. */
export function lenientList<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return anything.transform((list) =>
    (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
      const parsed = item.safeParse(one);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}

/** Whatever may stand for a text, as one that can be kept; null for what says nothing. */
export const lenientText = anything.transform(toText);

export const lenientMoment = anything.transform(toMoment);

/** An id, which may come as a string; null when there is none (amoCRM's 0 included). */
export const lenientId = anything.transform(toId);

export function toText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== 'string') return null;
  // Postgres keeps neither a NUL nor half a surrogate pair.
  const text = Buffer.from(value.slice(0, MAX_CHARACTERS).replaceAll('\0', ''), 'utf8').toString('utf8').trim();
  return text === '' ? null : text;
}

export function toId(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** Unix seconds, as a number or its text. */
export function toMoment(value: unknown): Date | null {
  const seconds = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds === 0) return null;
  const moment = new Date(Math.abs(seconds) > MAX_SECONDS ? seconds : seconds * 1000);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
