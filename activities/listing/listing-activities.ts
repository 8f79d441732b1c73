import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { CallNote } from '../../amocrm/calls/call-note.ts';
import {
  EVENTS_LIMIT,
  type EventsCursor,
  firstEvents,
  nextEvents,
  readEventsPage,
} from '../../amocrm/listing/events.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import {
  ENTITY_TYPE,
  firstCursor,
  nextCursor,
  type NotesCursor,
  PAGE_LIMIT,
  readNotesPage,
  SOURCES,
} from '../../amocrm/listing/listing.ts';
import { NOTES_BY_ID_LIMIT, readNotesById } from '../../amocrm/listing/notes-by-id.ts';
import type { PageWalk } from '../../amocrm/listing/page-walk.ts';
import {
  firstUnsorted,
  nextUnsorted,
  readUnsortedByUid,
  readUnsortedPage,
  UNSORTED_BY_UID_LIMIT,
  type UnsortedCall,
  type UnsortedCursor,
} from '../../amocrm/listing/unsorted.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import type { FoundBy } from '../../ledger/schema.ts';
import { type AmocrmDeps, amocrmOf } from '../cards/amocrm-account.ts';
import { readNotesOfEvents } from './cross-check.ts';
import { goesOnWithout } from './dispensable-list.ts';
import { exportOf } from '../export-of.ts';
import { toSighting } from './sighting.ts';

export interface ListingDeps extends AmocrmDeps {
  /** The ledger's clock: one for all workers. */
  now: () => Promise<Date>;
}

/** Where the listing of an export is. The workflow only carries it from one page to the next. */
export type ListingCursor = NotesCursor | UnsortedCursor | EventsCursor;

/** Items a page, as asked for. */
export interface PageLimits {
  notes: number;
  events: number;
}

/** Calls this far outside the period are kept too: a call's time is the earliest of its notes'. */
const MARGIN_MS = 24 * 3_600_000;

/** Reading amoCRM's calls into the ledger; about one request an activity. */
export function createListingActivities(
  deps: ListingDeps,
  limits: PageLimits = { notes: PAGE_LIMIT, events: EVENTS_LIMIT },
) {
  const { ledger } = deps;

  async function record(
    { accountId, exportId }: ExportRow,
    calls: (CallNote | UnsortedCall)[],
    foundBy: FoundBy = 'notes',
  ): Promise<void> {
    if (calls.length === 0) return;
    const users = new Map((await ledger.users.list(accountId)).map((user) => [user.id, user]));
    const country = (await ledger.accounts.find(accountId))?.country ?? null;
    const sightings = calls.map((call) => toSighting(call, { users, country }));
    const operators = sightings.flatMap(({ operatorId }) => operatorId ?? []);
    await ledger.users.putFromCalls(
      accountId,
      operators.filter((userId) => !users.has(userId)),
    );
    await ledger.calls.recordSightings(accountId, exportId, sightings, foundBy);
  }

  async function listNotes(row: ExportRow, http: AmocrmHttp, at: NotesCursor): Promise<ListingCursor> {
    const page = await readNotesPage(http, at, limits.notes);
    await ledger.listings.remark(row.exportId, 'unreadable', page.unreadable);
    await record(row, near(row, page.notes));
    const next = nextCursor(at, page);
    const { pages } = next?.walk ?? { pages: at.walk.pages + 1 };
    const reachedAt = new Date((page.lastUpdatedAt ?? at.since) * 1000);
    await ledger.listings.advance(row.exportId, { source: at.source, reachedAt, pages });
    return next ?? after(row, at.source, { ...at.walk, pages });
  }

  async function listUnsorted(row: ExportRow, http: AmocrmHttp, at: UnsortedCursor): Promise<ListingCursor> {
    const page = await readUnsortedPage(http, at, limits.notes);
    await ledger.listings.remark(row.exportId, 'unreadable', page.unreadable);
    await record(row, near(row, page.calls), 'unsorted');
    const next = nextUnsorted(at, page);
    const { pages } = next?.walk ?? { pages: at.walk.pages + 1 };
    await ledger.listings.advance(row.exportId, { source: at.source, reachedAt: null, pages });
    return next ?? after(row, at.source, { ...at.walk, pages });
  }

  /** Notes that an event tells of and that the listing has not met are read by their ids. */
  async function crossCheckPage(row: ExportRow, http: AmocrmHttp, at: EventsCursor): Promise<EventsCursor | null> {
    const { exportId, accountId } = row;
    const page = await readEventsPage(http, at, limits.events);
    const missing = await ledger.calls.unlisted(accountId, exportId, [
      ...new Set(page.events.map(({ noteId }) => noteId)),
    ]);
    const read = await readNotesOfEvents(
      http,
      page.events.filter(({ noteId }) => missing.includes(noteId)),
    );
    await record(row, near(row, read.notes), 'events');
    await ledger.listings.remark(exportId, 'unreadable', [...page.unreadable, ...read.unreadable]);
    await ledger.listings.remark(exportId, 'deleted', read.gone.map(String));
    const next = nextEvents(at, page, limits.events);
    await ledger.listings.advance(exportId, {
      source: at.source,
      reachedAt: null,
      pages: at.walk.pages + 1,
      events: (at.passed ?? 0) + page.start + page.items.length,
      crossCheck: next ? 'pending' : 'done',
    });
    return next ?? null;
  }

  async function crossCheck(row: ExportRow, http: AmocrmHttp, at: EventsCursor): Promise<EventsCursor | null> {
    try {
      return await crossCheckPage(row, http, at);
    } catch (error) {
      if (!(await goesOnWithout(http, error, activityInfo().attempt))) throw error;
      const { source, walk } = at;
      await ledger.listings.advance(row.exportId, {
        source,
        reachedAt: null,
        pages: walk.pages,
        crossCheck: 'refused',
      });
      return null;
    }
  }

  /** Contacts, leads, companies, customers; then, where it is set, unsorted leads; the events last, as they come late. */
  async function after(
    row: ExportRow,
    source: NotesCursor['source'] | 'unsorted',
    walk: PageWalk,
  ): Promise<ListingCursor> {
    const { intervalFrom, intervalUntil, settings } = row;
    const notes = source === 'unsorted' ? undefined : SOURCES[SOURCES.indexOf(source) + 1];
    if (notes) return firstCursor(notes, intervalFrom, walk);
    if (source !== 'unsorted' && settings.unsorted) return firstUnsorted(walk);
    const until = new Date(Math.min((await deps.now()).getTime(), intervalUntil.getTime() + MARGIN_MS));
    return firstEvents(intervalFrom, until, walk);
  }

  return {
    /**
     * Reads one page of calls and says where to go on; null when every source is drained. Run twice, it records the
     * same calls again, which changes nothing.
     *
     * @param cursor null for the very first page.
     */
    async listCallsPage({
      exportId,
      cursor,
    }: {
      exportId: string;
      cursor: ListingCursor | null;
    }): Promise<{ next: ListingCursor | null; listedCalls: number }> {
      const row = await exportOf(ledger, exportId);
      const { http } = await amocrmOf(deps, row.accountId, cancellationSignal());
      const at = cursor ?? firstCursor(SOURCES[0], row.intervalFrom);
      const next = await (at.source === 'events'
        ? crossCheck(row, http, at)
        : at.source === 'unsorted'
          ? listUnsorted(row, http, at)
          : listNotes(row, http, at));
      return { next, listedCalls: (await ledger.progress.read(exportId)).calls.found };
    },

    /**
     * Reads the notes (and, at the end, the unsorted leads) of the export's waiting or listed calls again, some at a
     * time, so that a link which the telephony attached meanwhile is known.
     *
     * @param after the last note that was read; 0 at first. @returns where to go on; null at the end.
     */
    async rereadNotes({ exportId, after }: { exportId: string; after: number }): Promise<{ next: number | null }> {
      const row = await exportOf(ledger, exportId);
      const { http } = await amocrmOf(deps, row.accountId, cancellationSignal());
      const notes = await ledger.calls.waitingNotes(exportId, after, NOTES_BY_ID_LIMIT);
      for (const entityType of Object.values(ENTITY_TYPE)) {
        const noteIds = notes.filter((note) => note.entityType === entityType).map(({ noteId }) => noteId);
        if (noteIds.length > 0) await record(row, (await readNotesById(http, entityType, noteIds)).notes);
      }
      const last = notes.at(-1);
      if (last) return { next: last.noteId };
      const uids = await ledger.calls.waitingUnsorted(exportId);
      for (let from = 0; from < uids.length; from += UNSORTED_BY_UID_LIMIT) {
        await record(row, await readUnsortedByUid(http, uids.slice(from, from + UNSORTED_BY_UID_LIMIT)), 'unsorted');
      }
      return { next: null };
    },
  };
}

function near<Call extends CallNote>({ intervalFrom, intervalUntil }: ExportRow, calls: Call[]): Call[] {
  return calls.filter(
    ({ createdAt }) =>
      createdAt.getTime() >= intervalFrom.getTime() - MARGIN_MS &&
      createdAt.getTime() < intervalUntil.getTime() + MARGIN_MS,
  );
}
