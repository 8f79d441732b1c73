import { findExportError } from '../../errors/export-error.ts';
import { TOO_SLOW } from '../http/transport.ts';

/** An item of a list by how many stand before it, and how many are wanted of those around it. */
export interface Place {
  offset: number;
  limit: number;
}

/** A page of a list by its number, which means something only with the limit it was counted in. */
export interface PageAt {
  page: number;
  limit: number;
}

/**
 * Reads the page that a place is on, and where it is more than amoCRM can give at once (504, or an answer beyond all
 * measure of time or size) the half of it, and so on down to a single item. Pages are counted anew in the smaller limit, so that the
 * page begins at the place or a little before it. Whoever reads on goes on from `next`: nothing is skipped.
 */
export async function readShrinking<T>(
  { offset, limit }: Place,
  read: (at: PageAt) => Promise<T>,
): Promise<{ answer: T; at: PageAt; next: Place }> {
  for (let smaller = limit; ; smaller = Math.floor(smaller / 2)) {
    const at = { page: Math.floor(offset / smaller) + 1, limit: smaller };
    try {
      return { answer: await read(at), at, next: { offset: at.page * smaller, limit: smaller } };
    } catch (error) {
      if (smaller === 1 || !isTooMuch(error)) throw error;
    }
  }
}

/**
 * amoCRM's recommendation for a 504 is a smaller page. @see https://www.amocrm.ru/developers/content/api/recommendations
 * Its gateway may take longer to say so than we wait: then the answer is too slow, which is the same.
 */
export function isTooMuch(error: unknown): boolean {
  const known = findExportError(error);
  const { status, what } = known?.values ?? {};
  return status === 504 || what === TOO_SLOW || known?.code === 'amocrm_answer_too_large';
}
