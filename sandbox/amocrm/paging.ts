import { type Answer, EMPTY, hal } from './answers.ts';
import { textAt } from './filters.ts';
import type { ApiRequest } from './request.ts';

export interface Page {
  page: number;
  limit: number;
  offset: number;
}

const DEFAULT_LIMIT = 50;

/** The page asked for. A limit above the maximum is not an error: it silently becomes the default. */
export function readPage(request: ApiRequest, maximum: number): Page {
  const page = wholeNumber(textAt(request.query, 'page')) ?? 1;
  const asked = wholeNumber(textAt(request.query, 'limit')) ?? DEFAULT_LIMIT;
  const limit = asked > maximum ? Math.min(DEFAULT_LIMIT, maximum) : asked;
  return { page, limit, offset: (page - 1) * limit };
}

export interface Listed {
  /** Key under `_embedded`. */
  name: string;
  items: unknown[];
  more: boolean;
  /** Some lists tell their total, notes and events don't. */
  total?: number;
}

/** A page of a list in its envelope, or 204 for an empty one. */
export function listAnswer(request: ApiRequest, page: Page, listed: Listed): Answer {
  if (listed.items.length === 0) return EMPTY;
  const pages = listed.total === undefined ? undefined : Math.max(1, Math.ceil(listed.total / page.limit));
  return hal({
    ...(listed.total === undefined ? {} : { _total_items: listed.total }),
    _page: page.page,
    ...(pages === undefined ? {} : { _page_count: pages }),
    _links: {
      self: link(request, page, page.page),
      ...(listed.more ? { next: link(request, page, page.page + 1) } : {}),
      ...(page.page > 1 ? { first: link(request, page, 1), prev: link(request, page, page.page - 1) } : {}),
      ...(pages === undefined ? {} : { last: link(request, page, pages) }),
    },
    _embedded: { [listed.name]: listed.items },
  });
}

/** The part of a whole list that the page shows. */
export function sliced<T>(all: T[], page: Page): { items: T[]; more: boolean } {
  return { items: all.slice(page.offset, page.offset + page.limit), more: all.length > page.offset + page.limit };
}

export function href(url: string): { href: string } {
  return { href: url };
}

// Carries the limit really used, not the one asked for: clients read their page size off it.
function link(request: ApiRequest, { limit }: Page, page: number): { href: string } {
  const kept = [...new URLSearchParams(request.search)].filter(([name]) => name !== 'page' && name !== 'limit');
  const search = new URLSearchParams([...kept, ['page', String(page)], ['limit', String(limit)]]);
  return href(`${request.origin}${request.path}?${search.toString()}`);
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}
