import { cancellationSignal } from '@temporalio/activity';
import type { CallNote } from '../amocrm/call-note.ts';
import { callIdentity } from '../amocrm/call-note.ts';
import { ENTITY_TYPE, firstCursor, type ListingCursor, nextCursor, readNotesPage, SOURCES } from '../amocrm/listing.ts';
import { NOTES_BY_ID_LIMIT, readNotesById } from '../amocrm/notes-by-id.ts';
import { resolveOperator } from '../amocrm/operator.ts';
import type { SightedNote } from '../ledger/calls.ts';
import type { User } from '../ledger/users.ts';
import { type AmocrmDeps, amocrmOf } from './amocrm-account.ts';
import { exportOf } from './export-of.ts';

/** Notes this far outside the period are kept too: one call's time is the earliest of its notes'. */
const MARGIN_MS = 24 * 3_600_000;

/** Reading amoCRM's call notes into the ledger; about one request an activity. */
export function createListingActivities(deps: AmocrmDeps) {
  const { ledger } = deps;

  async function record(accountId: number, exportId: string, notes: CallNote[]) {
    const users = new Map((await ledger.users.list(accountId)).map((user) => [user.id, user]));
    return ledger.calls.recordSightings(
      accountId,
      exportId,
      notes.map((note) => toSighting(note, users)),
    );
  }

  return {
    /**
     * Reads one page of call notes and says where to go on; null when every source is drained. Run twice, it records
     * the same notes again, which changes nothing.
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
      const { accountId, intervalFrom, intervalUntil } = await exportOf(ledger, exportId);
      const { http } = await amocrmOf(deps, accountId, cancellationSignal());
      const at = cursor ?? firstCursor(SOURCES[0], intervalFrom);
      const page = await readNotesPage(http, at);
      const near = page.notes.filter(
        ({ createdAt }) =>
          createdAt.getTime() >= intervalFrom.getTime() - MARGIN_MS &&
          createdAt.getTime() < intervalUntil.getTime() + MARGIN_MS,
      );
      const { newCalls } = await record(accountId, exportId, near);
      const source = SOURCES[SOURCES.indexOf(at.source) + 1];
      const next = nextCursor(at, page, newCalls) ?? (source ? firstCursor(source, intervalFrom) : null);
      return { next, listedCalls: (await ledger.progress.read(exportId)).calls.found };
    },

    /**
     * Reads the notes of the export's waiting (or listed) calls again, some at a time, so that a link which the
     * telephony attached meanwhile is known.
     *
     * @param after the last note that was read; 0 at first. @returns where to go on; null at the end.
     */
    async rereadNotes({ exportId, after }: { exportId: string; after: number }): Promise<{ next: number | null }> {
      const notes = await ledger.calls.waitingNotes(exportId, after, NOTES_BY_ID_LIMIT);
      const last = notes.at(-1);
      if (!last) return { next: null };
      const { accountId } = await exportOf(ledger, exportId);
      const { http } = await amocrmOf(deps, accountId, cancellationSignal());
      for (const entityType of Object.values(ENTITY_TYPE)) {
        const noteIds = notes.filter((note) => note.entityType === entityType).map(({ noteId }) => noteId);
        if (noteIds.length > 0) await record(accountId, exportId, await readNotesById(http, entityType, noteIds));
      }
      return { next: last.noteId };
    },
  };
}

function toSighting(note: CallNote, users: ReadonlyMap<number, User>): SightedNote {
  const { noteId, entityType, entityId, direction, updatedAt, talkSeconds, link, phone, uniq, source, result, status } =
    note;
  return {
    noteId,
    entityType,
    entityId,
    identity: callIdentity(note),
    direction,
    startedAt: note.createdAt,
    updatedAt,
    talkSeconds,
    operatorId: resolveOperator(note, users),
    link,
    phone,
    uniq,
    source,
    result,
    status,
    unreadable: note.unreadable,
  };
}
