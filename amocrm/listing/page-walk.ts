import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import type { AmocrmHttp, Query } from '../http/http.ts';
import { listPage } from './list-page.ts';
import { printOf } from '../http/loose-values.ts';
import { type PageAt, readShrinking } from './shrinking-page.ts';

/**
 * Where a reader of numbered pages is, kept between the pages: such a list is too long for one try of one process, and
 * changes meanwhile. (What is neither is read whole: whole-list.ts.) It counts items and not pages, so that a page size that changes on the way (a
 * 504 halves it, amoCRM answers 50 where more than its maximum is asked for) skips nothing.
 */
export interface PageWalk {
  /** Items before this one have been read; on the way back, they are those still to be read. */
  offset: number;
  /** The walk goes from the last page to the first. */
  back: boolean;
  /** The page size that amoCRM could really give, where it was less than asked for: it grows back step by step. */
  limit?: number;
  /** Pages read in all, of every list of the listing. */
  pages: number;
  /** What the page before this one of the same list held, and how often in a row it came. */
  print: string;
  repeated: number;
  /** Which item stood where on the way there; on the way back the same items in the same places take it away again. */
  sum: string;
}

export interface ListPage {
  items: unknown[];
  /** Which item of the list is the page's first. */
  start: number;
  /** Where amoCRM gave a smaller page than was first asked for, its size. */
  limit?: number;
  /** No page follows. */
  last: boolean;
  print: string;
}

const NOTHING = '0'.repeat(16);

export const FIRST_WALK: PageWalk = { offset: 0, back: false, pages: 0, print: '', repeated: 0, sum: NOTHING };

/** 25 million notes: more than any account has, and an end to a "next" that has none. */
const MAX_PAGES = 100_000;

/** Another number and the same page: once it may be a list that shifts under its reader, so often it is a circle. */
const MAX_REPEATED = 5;

/**
 * Reads the page that the walk stands before; where that is more than amoCRM can give at once, the half of it that the
 * walk comes to first, and so on.
 *
 * @param name the list's key under `_embedded`.
 * @param limit the most that is asked for.
 */
export async function readPage(
  http: AmocrmHttp,
  { path, name, query }: { path: string; name: string; query: Query },
  walk: PageWalk,
  limit: number,
): Promise<ListPage> {
  const schema = listPage(name, z.array(z.unknown()));
  const whole = Math.min(limit, walk.limit ?? limit);
  const offset = walk.back ? walk.offset - 1 : walk.offset;
  const { answer, at } = await readShrinking({ offset, limit: whole }, (page) =>
    http.get(path, { ...query, ...page }, schema),
  );
  return toListPage(answer?.items ?? [], answer?.next ?? false, at, whole);
}

function toListPage(items: unknown[], hasNext: boolean, { page, limit: asked }: PageAt, whole: number): ListPage {
  const given = items.length > 0 && items.length < asked && hasNext ? items.length : asked;
  return {
    items,
    start: (page - 1) * asked,
    ...(given < whole ? { limit: given } : {}),
    // A full page may be followed by another whatever it says; a shorter one only if it says so.
    last: items.length === 0 || (items.length < asked && !hasNext),
    print: items.length === 0 ? '' : printOf(items.map(idOf)),
  };
}

/**
 * The walk behind this page.
 *
 * @throws {ExportError} `amocrm_bad_answer` when the list turns out to have no end: the same page again and again, or
 *   more pages than there can be.
 */
export function walked(walk: PageWalk, page: ListPage, path: string): PageWalk {
  const repeated = page.print !== '' && page.print === walk.print ? walk.repeated + 1 : 1;
  const pages = walk.pages + 1;
  if (repeated >= MAX_REPEATED || pages > MAX_PAGES) {
    throw new ExportError('amocrm_bad_answer', { values: { what: `${path} (the same page again and again)` } });
  }
  const limit = page.limit ?? walk.limit;
  const end = page.start + page.items.length;
  return {
    offset: walk.back ? page.start : end,
    back: walk.back,
    ...(limit === undefined ? {} : { limit }),
    pages,
    print: page.print,
    repeated,
    sum: walk.back ? mixed(walk.sum, page, page.start, walk.offset) : mixed(walk.sum, page, walk.offset, end),
  };
}

/** The walk back from a list's last page: what stands before it is read once more, the first page last. */
export function turned(walk: PageWalk, page: ListPage, path: string): PageWalk {
  // The last page is not read again, so it is not part of what is compared.
  return { ...walked(walk, page, path), offset: walk.offset, back: true, sum: walk.sum };
}

/** On the way back at the first page: nothing has changed its place since the way there. */
export function isUnchanged({ sum }: PageWalk): boolean {
  return sum === NOTHING;
}

/** The walk before the first page of another stretch or list. */
export function anew({ pages, limit }: PageWalk): PageWalk {
  return { ...FIRST_WALK, pages, ...(limit === undefined ? {} : { limit: limit * 2 }) };
}

/**
 * Adds the page's items in these places to a sum of such, or takes them away again. Item by item, because the way back
 * may come in pages of another size, and every item once, because a page may begin before where the walk stands. With
 * all that an item says, because one that went away and came back to its place, past others, mostly says something new.
 */
function mixed(sum: string, { items, start }: ListPage, from: number, until: number): string {
  return items
    .map((item, at) => ({ place: start + at, item }))
    .filter(({ place }) => place >= from && place < until)
    .reduce((mix, placed) => mix ^ BigInt(`0x${printOf(placed)}`), BigInt(`0x${sum}`))
    .toString(16)
    .padStart(NOTHING.length, '0');
}

function idOf(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  if ('id' in item) return item.id;
  return 'uid' in item ? item.uid : null;
}
