import type { EntityType, Note } from '../world/model.ts';
import type { Account } from './account.ts';
import { type Answer, EMPTY, hal } from './answers.ts';
import { LiveEdits } from './live-edits.ts';
import { numbersAt, orderAt, stringsAt, timeRangeAt } from './filters.ts';
import { href, listAnswer, readPage } from './paging.ts';
import { type ApiRequest, idParam } from './request.ts';
import { entityParam, type Route } from './route.ts';

const PATH = '/api/v4/{entity}';

/** Notes of a kind of entity, of one entity, and single ones by both paths that clients use. */
export function noteRoutes(account: Account): Route[] {
  const edits = new LiveEdits(account);
  return [
    { method: 'GET', path: `${PATH}/notes`, handle: (request) => list(account, edits, request) },
    { method: 'GET', path: `${PATH}/notes/{id}`, handle: (request) => detail(account, request, 'id') },
    {
      method: 'GET',
      path: `${PATH}/{id}/notes`,
      handle: (request) => list(account, edits, request, idParam(request, 'id')),
    },
    { method: 'GET', path: `${PATH}/{id}/notes/{noteId}`, handle: (request) => detail(account, request, 'noteId') },
  ];
}

// Only the documented filters are read: `filter[created_at]` in particular is ignored without a word.
function list(account: Account, edits: LiveEdits, request: ApiRequest, entityId?: number): Answer {
  const { query } = request;
  const page = readPage(request, 250);
  const order = orderAt(query, ['updated_at', 'id'] as const);
  const updated = timeRangeAt(query, 'filter', 'updated_at');
  const found = account.world.notes.page({
    entityType: entityParam(request),
    ids: numbersAt(query, 'filter', 'id'),
    entityIds: entityId === undefined ? numbersAt(query, 'filter', 'entity_id') : new Set([entityId]),
    noteTypes: stringsAt(query, 'filter', 'note_type'),
    updatedFrom: updated.from,
    updatedTo: updated.to,
    by: order?.by === 'updated_at' ? 'updatedAt' : 'id',
    descending: order?.descending ?? false,
    offset: page.offset,
    limit: page.limit,
  });
  const items = found.notes.map((note) => noteOf(account, request, note));
  edits.afterPage(found.notes.map((note) => note.id));
  return listAnswer(request, page, { name: 'notes', items, more: found.more });
}

function detail(account: Account, request: ApiRequest, name: string): Answer {
  const note = account.world.notes.get(idParam(request, name));
  const entityId = name === 'noteId' ? idParam(request, 'id') : note?.entityId;
  const here = note?.entityType === entityParam(request) && note.entityId === entityId;
  return here ? hal(noteOf(account, request, note)) : EMPTY;
}

function noteOf(account: Account, request: ApiRequest, note: Note): unknown {
  const path: `${EntityType}/${number}` = `${note.entityType}/${note.entityId}`;
  const owner = account.world.operators.find((operator) => operator.id === note.responsibleUserId);
  return {
    id: note.id,
    entity_id: note.entityId,
    created_by: note.createdBy,
    updated_by: note.createdBy,
    created_at: note.createdAt,
    updated_at: note.updatedAt,
    responsible_user_id: note.responsibleUserId,
    group_id: owner?.groupId ?? 0,
    note_type: /^\d+$/.test(note.noteType) ? Number(note.noteType) : note.noteType,
    params: note.params,
    account_id: account.identity.accountId,
    ...(stringsAt(request.query, 'with')?.has('is_pinned') === true ? { is_pinned: false } : {}),
    _links: { self: href(`${request.origin}/api/v4/${path}/notes/${note.id}`) },
  };
}
