import { z } from 'zod';
import { type CallNote, type EntityType, noteSchema, toCallNote } from './call-note.ts';
import type { AmocrmHttp } from './http.ts';
import { type PageAt, readShrinking } from './shrinking-page.ts';

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
 * Where the listing of one source is. Notes are read in the order of `updated_at`, always from a moment on and never
 * by page number alone: a note edited while it is read only moves forward, to where the listing is still going.
 */
export interface ListingCursor {
  source: Source;
  /** Notes updated at or after this moment are still to be read; Unix seconds. */
  since: number;
  /** 1, but within a run of notes of one moment that is longer than a page. */
  page: number;
  /** Calls that this pass over such a run has brought. */
  foundInPass: number;
  /** Notes a page, when amoCRM could not give a whole one: it grows back with every step. */
  limit?: number;
}

export interface NotesPage {
  notes: CallNote[];
  /** The greatest `updated_at` of the page, Unix seconds; undefined on an empty one. */
  lastUpdatedAt: number | undefined;
  /** No page follows. */
  last: boolean;
  /** How the page was counted in the end, when amoCRM could not give as much as was asked for. */
  shrunk?: PageAt;
}

export const PAGE_LIMIT = 250;

const pageSchema = z.looseObject({
  _links: z.looseObject({ next: z.looseObject({}).optional() }).optional(),
  _embedded: z.looseObject({ notes: z.array(noteSchema) }),
});

/** Statuses by which amoCRM says that the customers feature is off; nothing is lost by it. */
const FEATURE_OFF = new Set([422, 425, 426]);

/** Reads the page of call notes that the cursor points at. */
export async function readNotesPage(http: AmocrmHttp, cursor: ListingCursor, limit = PAGE_LIMIT): Promise<NotesPage> {
  const asked = { page: cursor.page, limit: cursor.limit ?? limit };
  const { answer, at } = await readShrinking(asked, (smaller) =>
    http
      .get(
        `/${cursor.source}/notes`,
        {
          'filter[note_type][]': ['call_in', 'call_out'],
          'filter[updated_at][from]': cursor.since,
          'order[updated_at]': 'asc',
          ...smaller,
        },
        pageSchema,
      )
      .catch((error: unknown) => {
        if (cursor.source === 'customers' && isFeatureOff(error)) return undefined;
        throw error;
      }),
  );
  if (!answer) return { notes: [], lastUpdatedAt: undefined, last: true };
  const raw = answer._embedded.notes;
  return {
    notes: raw.map((note) => toCallNote(note, ENTITY_TYPE[cursor.source])).filter((note) => note !== undefined),
    lastUpdatedAt: raw.length > 0 ? Math.max(...raw.map((note) => note.updated_at)) : undefined,
    // A page above its limit's own maximum comes shorter than asked for: "next" is the truth where it is given.
    last: raw.length === 0 || (raw.length < at.limit && !answer._links?.next),
    ...(at.limit < asked.limit ? { shrunk: at } : {}),
  };
}

function isFeatureOff(error: unknown): boolean {
  return (
    error instanceof Error && 'values' in error && FEATURE_OFF.has(Number((error.values as { status?: number }).status))
  );
}

/**
 * Where to read next; undefined when the source is drained.
 *
 * Whether `from` includes its own second is undocumented, so each step starts one second early. A run of notes of the
 * same moment that fills more than a page cannot be passed that way: its pages are read by number, and because edits
 * shift those pages, the pass is repeated until one brings nothing new.
 *
 * @param newCalls calls of the page that the export had not met before.
 */
export function nextCursor(cursor: ListingCursor, page: NotesPage, newCalls: number): ListingCursor | undefined {
  const foundInPass = cursor.foundInPass + newCalls;
  const limit = page.shrunk?.limit ?? cursor.limit ?? PAGE_LIMIT;
  const kept = limit < PAGE_LIMIT ? { limit } : {};
  const grown = limit * 2 < PAGE_LIMIT ? { limit: limit * 2 } : {};
  const canAdvance = page.lastUpdatedAt !== undefined && page.lastUpdatedAt - 1 > cursor.since;
  if (!page.last && !canAdvance)
    return { ...cursor, ...kept, page: (page.shrunk?.page ?? cursor.page) + 1, foundInPass };
  // The end of the run, or of the source. A pass of several pages is trusted only when it brought nothing.
  if (cursor.page > 1 && foundInPass > 0) return { ...cursor, ...kept, page: 1, foundInPass: 0 };
  if (page.last || page.lastUpdatedAt === undefined) return undefined;
  return { source: cursor.source, since: page.lastUpdatedAt - 1, page: 1, foundInPass: 0, ...grown };
}

/** The listing's start in a source: the period's start less a margin, because integrations may back-date `updated_at`. */
export function firstCursor(source: Source, from: Date): ListingCursor {
  return { source, since: Math.floor(from.getTime() / 1000) - MARGIN_SECONDS, page: 1, foundInPass: 0 };
}

const MARGIN_SECONDS = 24 * 3600;
