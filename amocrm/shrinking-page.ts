import { findExportError } from '../errors/export-error.ts';

/** A page of a list by its number, which means something only with the limit it was counted in. */
export interface PageAt {
  page: number;
  limit: number;
}

/**
 * Reads a page, and where it is more than amoCRM can give at once (504, or an answer beyond all measure) the half of it,
 * and so on down to a single item. Whoever reads on goes on from the `at` of the answer: the pages are counted anew in
 * the smaller limit, from the same place of the list or a little before it, so that nothing is skipped.
 */
export async function readShrinking<T>(
  { page, limit }: PageAt,
  read: (at: PageAt) => Promise<T>,
): Promise<{ answer: T; at: PageAt }> {
  const offset = (page - 1) * limit;
  for (let smaller = limit; ; smaller = Math.floor(smaller / 2)) {
    const at = { page: Math.floor(offset / smaller) + 1, limit: smaller };
    try {
      return { answer: await read(at), at };
    } catch (error) {
      if (smaller === 1 || !isTooMuch(error)) throw error;
    }
  }
}

/** amoCRM's recommendation for a 504 is a smaller page. @see https://www.amocrm.ru/developers/content/api/recommendations */
export function isTooMuch(error: unknown): boolean {
  const known = findExportError(error);
  return known?.values.status === 504 || known?.code === 'amocrm_answer_too_large';
}
