import { z } from 'zod';
import { toId, toMoment, toText } from './loose-values.ts';

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

/** An id of a department; the default one's is 0, and null on a user's card. */
export const lenientGroupId = anything.transform((value) => toId(value) ?? 0);

/** An id, which may come as a string; null when there is none (amoCRM's 0 included). */
export const lenientId = anything.transform(toId);
