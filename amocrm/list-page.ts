import { z } from 'zod';

/** A page of one of amoCRM's lists, as far as all lists are alike. */
export interface ListPage<T> {
  items: T[];
  /** amoCRM names a next page. */
  next: boolean;
}

/**
 * Reads a page out of the envelope that every list comes in.
 *
 * @param name the list's key under `_embedded`.
 */
export function listPage<T>(name: string, items: z.ZodType<T[]>): z.ZodType<ListPage<T>> {
  return z
    .looseObject({
      _links: z
        .looseObject({ next: z.looseObject({}).optional() })
        .optional()
        .catch(undefined),
      _embedded: z.looseObject({ [name]: items }),
    })
    .transform(({ _links, _embedded }) => ({ items: _embedded[name] ?? [], next: _links?.next !== undefined }));
}
