import { ExportError } from '../../errors/export-error.ts';
import type { ListPage } from './list-page.ts';
import { type PageAt, type Place, readShrinking } from './shrinking-page.ts';

/** No list that is read whole (users, fields, pipelines) is anywhere near. */
const MOST_ITEMS = 50_000;

/**
 * Reads a list from its first page to its last, at once and into memory; one that outlives a process or shifts while it
 * is read is walked (page-walk.ts). Items that come twice, because the list shifted, are kept once.
 *
 * @param path for the error.
 * @param read one page; undefined when there is none.
 * @throws {ExportError} `amocrm_bad_answer` when the pages do not end (one brings nothing new and still names a next), or
 *   end before as many items have come as the list says it has.
 */
export async function readWholeList<T extends { id: number }>(
  path: string,
  limit: number,
  read: (at: PageAt) => Promise<ListPage<T> | undefined>,
): Promise<T[]> {
  const items = new Map<number, T>();
  let come = 0;
  let total = 0;
  for (let from: Place = { offset: 0, limit }; ;) {
    const { answer, next } = await readShrinking(from, read);
    const before = items.size;
    for (const item of answer?.items ?? []) items.set(item.id, item);
    come += answer?.count ?? 0;
    total = Math.max(total, answer?.total ?? 0);
    // Some lists end their pages without a word of the next one.
    const isShort = come < total;
    if (isShort && (answer?.count ?? 0) === 0) {
      throw new ExportError('amocrm_bad_answer', { values: { what: `${path} (${come} of ${total} items)` } });
    }
    if (!answer?.next && !isShort) return [...items.values()];
    if (items.size === before || items.size > MOST_ITEMS) {
      throw new ExportError('amocrm_bad_answer', { values: { what: `${path} (its pages do not end)` } });
    }
    from = next;
  }
}
