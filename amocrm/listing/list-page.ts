import { z } from 'zod';
import { toId } from '../http/loose-values.ts';

/** A page of one of amoCRM's lists, as far as all lists are alike. */
export interface ListPage<T> {
  items: T[];
  /** How many items the page has, those that cannot be read included. */
  count: number;
  /** How many items the whole list has, where amoCRM says so. */
  total: number | null;
  /** amoCRM names a next page. */
  next: boolean;
}

const envelope = z.looseObject({
  _total_items: z.unknown().optional(),
  _links: z
    .looseObject({ next: z.looseObject({}).optional() })
    .optional()
    .catch(undefined),
  _embedded: z.union([z.array(z.unknown()).length(0), z.looseObject({})]),
});

/**
 * Reads a page out of the envelope that every list comes in. An answer without the list that was asked for is one of an
 * unknown form, and no empty list: cards and users would be taken for deleted. Only `[]` for all of `_embedded` is,
 * PHP's way of writing an object that has nothing in it.
 *
 * @param name the list's key under `_embedded`.
 */
export function listPage<T>(name: string, items: z.ZodType<T[]>): z.ZodType<ListPage<T>> {
  return envelope.transform(({ _total_items, _links, _embedded }, context) => {
    const list = Array.isArray(_embedded) ? _embedded : listOf(_embedded[name]);
    const read = list && items.safeParse(list);
    if (!list || !read?.success) {
      context.addIssue({ code: 'custom', path: ['_embedded', name], message: 'no list' });
      return z.NEVER;
    }
    return { items: read.data, count: list.length, total: toId(_total_items), next: _links?.next !== undefined };
  });
}

/** A list; also one whose gaps made PHP write it as an object of numbered items. */
function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.keys(value).every((key) => /^\d+$/.test(key)) ? Object.values(value) : undefined;
}
