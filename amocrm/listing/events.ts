import { z } from 'zod';
import type { EntityType } from '../calls/call-note.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { ENTITY_TYPE } from './listing.ts';
import { printOf, toId } from '../http/loose-values.ts';
import { anew, type ListPage, type PageWalk, readPage, walked } from './page-walk.ts';

/**
 * Where the reading of call events is. Events can be asked for by when they happened, but only page by page; the end
 * of the time asked for is fixed at the first page. New events come in before those already read, which shows some
 * twice and hides none.
 *
 * They come newest first, which no document promises. As long as they do, a walk that has become long begins anew where
 * it stands, by time: the further in a page is, the longer it takes amoCRM, up to a 504.
 */
export interface EventsCursor {
  source: 'events';
  /** Both included, Unix seconds. */
  from: number;
  to: number;
  walk: PageWalk;
  /** When the last event of this walk happened; null once they did not come newest first. */
  oldest?: number | null;
  /** Events that the walks before this one went over. */
  passed?: number;
}

/** What an event says of a call: where its note is. */
export interface CallEvent {
  noteId: number;
  /** Null where the event names a kind of card that is unknown here. */
  entityType: EntityType | null;
}

export interface EventsPage extends ListPage {
  events: CallEvent[];
  /** The names of those that do not say which note they mean. */
  unreadable: string[];
  /** When they happened, Unix seconds; null for one that does not say. */
  moments: (number | null)[];
}

export const EVENTS_LIMIT = 100;

/** Of so many pages a walk is long. */
const LONG_WALK_PAGES = 20;

const PATH = '/events';

/** The cursor of the events that happened between these moments. */
export function firstEvents(from: Date, to: Date, before: PageWalk): EventsCursor {
  return { source: 'events', from: seconds(from), to: seconds(to), walk: anew(before) };
}

/** Reads the page of call events that the cursor points at. */
export async function readEventsPage(
  http: AmocrmHttp,
  cursor: EventsCursor,
  limit = EVENTS_LIMIT,
): Promise<EventsPage> {
  const query = {
    'filter[type][]': ['incoming_call', 'outgoing_call'],
    'filter[created_at][from]': cursor.from,
    'filter[created_at][to]': cursor.to,
  };
  const page = await readPage(http, { path: PATH, name: 'events', query }, cursor.walk, limit);
  const read = page.items.map((item) => ({ item, event: readEvent(item) }));
  return {
    ...page,
    moments: page.items.map(momentOf),
    events: read.map(({ event }) => event).filter((event) => event !== undefined),
    unreadable: read.filter(({ event }) => !event).map(({ item }) => `event ${printOf(item)}: note`),
  };
}

/**
 * Where to read next; undefined when all have been read.
 *
 * @param limit events a page, as asked for.
 */
export function nextEvents(cursor: EventsCursor, page: EventsPage, limit = EVENTS_LIMIT): EventsCursor | undefined {
  const { source, from, to, passed = 0 } = cursor;
  const walk = walked(cursor.walk, page, PATH);
  if (page.last) return undefined;
  const oldest = oldestOf(cursor, page);
  // Whether `to` includes its own second is undocumented, so what happened in that second is asked for once more.
  const before = (oldest ?? to) + 1;
  if (oldest === null || before >= to || walk.offset < LONG_WALK_PAGES * limit) return { ...cursor, walk, oldest };
  return { source, from, to: before, walk: anew(walk), passed: passed + walk.offset };
}

/** Null where these, or those before them, are not newest first. */
function oldestOf({ oldest }: EventsCursor, { moments }: EventsPage): number | null {
  if (oldest === null) return null;
  let last = oldest ?? Infinity;
  for (const moment of moments) {
    if (moment === null || moment > last) return null;
    last = moment;
  }
  return last;
}

/** `value_after` is a list of changes, one of which names the note. */
const eventSchema = z.looseObject({
  entity_type: z.string().nullish().catch(null),
  value_after: z.array(
    z.looseObject({
      note: z.looseObject({ id: z.unknown() }).optional().catch(undefined),
    }),
  ),
});

function readEvent(item: unknown): CallEvent | undefined {
  const event = eventSchema.safeParse(item).data;
  const [noteId] = event?.value_after.map(({ note }) => toId(note?.id)).filter((id) => id !== null) ?? [];
  if (noteId === undefined) return undefined;
  return { noteId, entityType: Object.values(ENTITY_TYPE).find((type) => type === event?.entity_type) ?? null };
}

function momentOf(item: unknown): number | null {
  return typeof item === 'object' && item !== null && 'created_at' in item ? toId(item.created_at) : null;
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
