import { z } from 'zod';
import { toLink } from '../calls/call-params.ts';
import { toUniq } from '../calls/call-identity.ts';
import type { CallNote } from '../calls/call-note.ts';
import type { AmocrmHttp, Query } from '../http/http.ts';
import { isFeatureOff } from './listing.ts';
import { toId, toMoment, toSeconds, toText } from '../http/loose-values.ts';
import { anew, FIRST_WALK, isUnchanged, type ListPage, type PageWalk, readPage, turned, walked } from './page-walk.ts';

/**
 * A call that hangs on a lead which nobody has accepted yet. It has no note: minus the lead's id stands in its place,
 * so that it can never be taken for one.
 */
export interface UnsortedCall extends CallNote {
  uid: string;
}

/**
 * Where the reading of unsorted leads is. They cannot be asked for by time, so all that the account has are read: there
 * and back, because one that is accepted meanwhile pulls the others forward, and again, a few times at most, until
 * nothing has changed.
 */
export interface UnsortedCursor {
  source: 'unsorted';
  walk: PageWalk;
  /** How often the list has been gone through, there and back. */
  passes?: number;
}

export interface UnsortedPage extends ListPage {
  calls: UnsortedCall[];
  unreadable: string[];
}

const PATH = '/leads/unsorted';
const LIMIT = 250;

/** A list in which something is sorted every minute never stays as it is; what comes later is the next export's. */
const MAX_PASSES = 3;

/** More uids than this make a query that is too long for some servers on the way. */
export const UNSORTED_BY_UID_LIMIT = 50;

export function firstUnsorted(before: PageWalk): UnsortedCursor {
  return { source: 'unsorted', walk: anew(before) };
}

/** Reads the page of unsorted telephone leads that the cursor points at. */
export async function readUnsortedPage(
  http: AmocrmHttp,
  { walk }: UnsortedCursor,
  limit = LIMIT,
): Promise<UnsortedPage> {
  const query = { 'filter[category][]': 'sip', 'order[created_at]': 'asc' };
  const page = await readList(http, query, walk, limit);
  return { ...page, ...readCalls(page.items) };
}

/** Where to read next; undefined when all have been read. */
export function nextUnsorted(cursor: UnsortedCursor, page: UnsortedPage): UnsortedCursor | undefined {
  const walk = walked(cursor.walk, page, PATH);
  if (cursor.walk.back) {
    if (walk.offset > 0) return { ...cursor, walk };
    const passes = (cursor.passes ?? 0) + 1;
    return isUnchanged(walk) || passes >= MAX_PASSES ? undefined : { ...firstUnsorted(walk), passes };
  }
  if (!page.last) return { ...cursor, walk };
  return page.start === 0 ? undefined : { ...cursor, walk: turned(cursor.walk, page, PATH) };
}

/** Reads unsorted leads again by their uids; those that were accepted or declined meanwhile are missing. */
export async function readUnsortedByUid(http: AmocrmHttp, uids: string[]): Promise<UnsortedCall[]> {
  const query = { 'filter[uid][]': uids, 'filter[category][]': 'sip' };
  const calls: UnsortedCall[] = [];
  for (let walk = FIRST_WALK; ;) {
    const page = await readList(http, query, walk, LIMIT);
    calls.push(...readCalls(page.items).calls.filter(({ uid }) => uids.includes(uid)));
    if (page.last) return calls;
    walk = walked(walk, page, PATH);
  }
}

/** Empty where the account has no unsorted leads (any more). */
async function readList(http: AmocrmHttp, query: Query, walk: PageWalk, limit: number): Promise<ListPage> {
  return readPage(http, { path: PATH, name: 'unsorted', query }, walk, limit).catch((error: unknown) => {
    if (isFeatureOff(error)) return { items: [], start: 0, last: true, print: '' };
    throw error;
  });
}

const linked = z
  .array(z.looseObject({ id: z.unknown() }))
  .optional()
  .catch(undefined);

const unsortedSchema = z.looseObject({
  uid: z.string().min(1).max(200),
  category: z.string().catch('sip'),
  created_at: z.unknown(),
  metadata: z.looseObject({}).catch({}),
  _embedded: z.looseObject({ contacts: linked, leads: linked }).catch({}),
});

function readCalls(items: unknown[]): Pick<UnsortedPage, 'calls' | 'unreadable'> {
  const read: Pick<UnsortedPage, 'calls' | 'unreadable'> = { calls: [], unreadable: [] };
  for (const item of items) {
    const { data } = unsortedSchema.safeParse(item);
    if (data && data.category !== 'sip') continue;
    const call = data && toCall(data);
    if (call) read.calls.push(call);
    else read.unreadable.push(`unsorted lead ${data?.uid ?? '?'}: uid, lead or created_at`);
  }
  return read;
}

function toCall({ uid, created_at, metadata, _embedded }: z.output<typeof unsortedSchema>): UnsortedCall | undefined {
  const leadId = firstId(_embedded.leads);
  const contactId = firstId(_embedded.contacts);
  const createdAt = toMoment(metadata['called_at']) ?? toMoment(created_at);
  if (leadId === null || createdAt === null) return undefined;
  return {
    uid,
    noteId: -leadId,
    entityType: contactId === null ? 'lead' : 'contact',
    entityId: contactId ?? leadId,
    // Leads come in by telephone when somebody calls the company.
    direction: 'incoming',
    createdAt,
    updatedAt: toMoment(created_at) ?? createdAt,
    createdBy: 0,
    responsibleUserId: 0,
    talkSeconds: toSeconds(metadata['duration']),
    link: toLink(metadata['link']),
    uniq: toUniq(toText(metadata['uniq'])),
    source: toText(metadata['service_code']),
    phone: toText(metadata['phone']) ?? toText(metadata['from']),
    result: null,
    status: null,
    callResponsible: toText(metadata['call_responsible']),
    unreadable: false,
  };
}

function firstId(entities: { id?: unknown }[] | undefined): number | null {
  return toId(entities?.[0]?.id);
}
