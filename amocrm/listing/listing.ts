import { ExportError, findExportError } from '../../errors/export-error.ts';
import { type CallNote, type EntityType, readCallNotes } from '../calls/call-note.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { toId, toMoment } from '../http/loose-values.ts';
import { anew, FIRST_WALK, isUnchanged, type ListPage, type PageWalk, readPage, turned, walked } from './page-walk.ts';

/** Where call notes hang, in the order in which they are read: most are on contacts. */
export const SOURCES = ['contacts', 'leads', 'companies', 'customers'] as const;
export type Source = (typeof SOURCES)[number];

export const ENTITY_TYPE: Record<Source, EntityType> = {
  contacts: 'contact',
  leads: 'lead',
  companies: 'company',
  customers: 'customer',
};

/**
 * Where the listing of one source is. Notes are read in the order of `updated_at`, always from a moment on and, as far
 * as possible, never by page number: a note edited while it is read only moves forward, to where the listing is still
 * going.
 */
export interface NotesCursor {
  source: Source;
  /** Notes updated at or after this moment are still to be read; Unix seconds. */
  since: number;
  walk: PageWalk;
  /** On the way back over a stretch: the moment to go on from afterwards. */
  resume?: number;
  /** How often the stretch has been gone over, there and back, and was not the same. */
  rounds?: number;
}

export interface NotesPage extends ListPage {
  notes: CallNote[];
  /** Call notes that cannot be placed. */
  unreadable: string[];
  /**
   * The greatest `updated_at` of the page, Unix seconds; undefined when it tells none. One in milliseconds stands behind
   * all others: the listing cannot go on from there.
   */
  lastUpdatedAt: number | undefined;
}

export const PAGE_LIMIT = 250;

/**
 * An edit takes its note out of a stretch, so none changes so often. One that does is sorted anew by amoCRM at every
 * reading: what slips by is for the cross-check to find.
 */
const MAX_ROUNDS = 20;

/** Statuses by which amoCRM says that a feature (customers, unsorted leads) is off; nothing is lost by it. */
const FEATURE_OFF = new Set<unknown>([422, 425, 426]);

/**
 * Customers are a paid feature, with a 402 of their own: an account that is itself not paid for has said so before, when
 * it was asked for something else.
 */
const CUSTOMERS_OFF = new Set<unknown>([...FEATURE_OFF, 402]);

/** Reads the page of call notes that the cursor points at. */
export async function readNotesPage(http: AmocrmHttp, cursor: NotesCursor, limit = PAGE_LIMIT): Promise<NotesPage> {
  const { source, since, walk } = cursor;
  const query = {
    'filter[note_type][]': ['call_in', 'call_out'],
    'filter[updated_at][from]': since,
    'order[updated_at]': 'asc',
  };
  const page = await readPage(http, { path: pathOf(source), name: 'notes', query }, walk, limit).catch(
    (error: unknown) => {
      if (source === 'customers' && areCustomersOff(error)) return EMPTY_PAGE;
      throw error;
    },
  );
  // As amoCRM sorts them, whatever their unit.
  const moments = page.items.map(updatedAt).filter((moment) => moment !== null);
  if (moments.some((moment, at) => moment < (moments[at - 1] ?? moment))) {
    // Going on from the page's last moment would pass by what comes before it: rather no listing than half a one.
    throw new ExportError('amocrm_bad_answer', { values: { what: `${pathOf(source)} (not in order of updated_at)` } });
  }
  return { ...page, ...readCallNotes(page.items, ENTITY_TYPE[source]), lastUpdatedAt: moments.findLast(isInSeconds) };
}

/**
 * Where to read next; undefined when the source is drained.
 *
 * Whether `from` includes its own second is undocumented, so each step starts one second early. Notes of one moment that
 * fill more than a page cannot be passed that way: their pages are read by number, there and back. What leaves such a
 * stretch (an edit, a deletion) pulls the rest towards its beginning, so that a note may slip past a reader who goes
 * forward, but not past one who comes back. What comes into it (a note dated back, the present second at the end of the
 * source) pushes the rest the other way. So such a stretch is read until nothing has changed on the way there and back,
 * but not for ever.
 */
export function nextCursor(cursor: NotesCursor, page: NotesPage): NotesCursor | undefined {
  const { source, since, resume, rounds = 0 } = cursor;
  const path = pathOf(source);
  const walk = walked(cursor.walk, page, path);
  const from = (moment: number): NotesCursor => ({ source, since: moment, walk: anew(walk) });
  if (resume !== undefined) {
    if (walk.offset > 0) return { ...cursor, walk };
    if (!isUnchanged(walk) && rounds < MAX_ROUNDS) return { ...from(since), rounds: rounds + 1 };
    return resume === since ? undefined : from(resume);
  }
  const passed = Math.max(since, (page.lastUpdatedAt ?? since) - 1);
  if (!page.last && passed === since) return { ...cursor, walk };
  if (page.start > 0) return { ...cursor, walk: turned(cursor.walk, page, path), resume: passed };
  return page.last ? undefined : from(passed);
}

/** The listing's start in a source: the period's start less a margin, because integrations may back-date `updated_at`. */
export function firstCursor(source: Source, from: Date, before: PageWalk = FIRST_WALK): NotesCursor {
  return { source, since: Math.floor(from.getTime() / 1000) - MARGIN_SECONDS, walk: anew(before) };
}

const MARGIN_SECONDS = 24 * 3600;

const EMPTY_PAGE: ListPage = { items: [], start: 0, last: true, print: '' };

/** Whether an error is amoCRM's way of saying that the account does not use a feature. */
export function isFeatureOff(error: unknown): boolean {
  return FEATURE_OFF.has(findExportError(error)?.values.status);
}

/** The same of customers; a 404 in JSON as well, since one in HTML is a host's (`amocrm_account_moved`). */
export function areCustomersOff(error: unknown): boolean {
  const { code, values } = findExportError(error) ?? {};
  return CUSTOMERS_OFF.has(values?.status) || (code === 'amocrm_rejected' && values?.status === 404);
}

function pathOf(source: Source): string {
  return `/${source}/notes`;
}

function updatedAt(item: unknown): number | null {
  return typeof item === 'object' && item !== null && 'updated_at' in item ? toId(item.updated_at) : null;
}

function isInSeconds(moment: number): boolean {
  return toMoment(moment)?.getTime() === moment * 1000;
}
