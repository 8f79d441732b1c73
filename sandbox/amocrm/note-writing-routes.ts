import { z } from 'zod';
import type { Note } from '../world/model.ts';
import type { Account } from './account.ts';
import { type Answer, EMPTY, hal, invalid } from './answers.ts';
import { readItem, readItems, requestId } from './json-body.ts';
import { href } from './paging.ts';
import { type ApiRequest, idParam } from './request.ts';
import { entityParam, type Route } from './route.ts';

const NOTE_TYPES = [
  'common',
  'call_in',
  'call_out',
  'service_message',
  'extended_service_message',
  'message_cashier',
  'geolocation',
  'sms_in',
  'sms_out',
  'attachment',
] as const;

const whole = z.number().int();

const createSchema = z.looseObject({
  entity_id: whole.optional(),
  note_type: z.enum(NOTE_TYPES),
  params: z.unknown(),
  created_by: whole.optional(),
  responsible_user_id: whole.optional(),
  // Documented for calls only; telephonies back-date their notes with it all the same.
  created_at: whole.optional(),
});

const patchSchema = z.looseObject({ params: z.unknown().optional() });
const patchOfListSchema = patchSchema.extend({ id: whole });

const PATH = '/api/v4/{entity}';

/** How telephonies that look up the card themselves leave calls, and add the recording's link minutes later. */
export function noteWritingRoutes(account: Account): Route[] {
  return [
    { method: 'POST', path: `${PATH}/notes`, handle: (request) => create(account, request) },
    {
      method: 'POST',
      path: `${PATH}/{id}/notes`,
      handle: (request) => create(account, request, idParam(request, 'id')),
    },
    { method: 'PATCH', path: `${PATH}/notes`, handle: (request) => patchMany(account, request) },
    {
      method: 'PATCH',
      path: `${PATH}/notes/{noteId}`,
      handle: (request) => patchOne(account, request),
    },
    {
      method: 'PATCH',
      path: `${PATH}/{id}/notes/{noteId}`,
      handle: (request) => patchOne(account, request, idParam(request, 'id')),
    },
  ];
}

function create(account: Account, request: ApiRequest, ofEntity?: number): Answer {
  const { world } = account;
  const entityType = entityParam(request);
  const body = readItems(request, createSchema);
  if ('refused' in body) return body.refused;

  const place = (given: number | undefined) => ofEntity ?? given ?? 0;
  const lost = body.items.findIndex((item) => !world.entities[entityType].has(place(item.entity_id)));
  if (lost !== -1) return invalid(requestId(body.items[lost], lost), 'entity_id', 'Entity not found');

  const notes = body.items.map((item, at) => {
    const note = world.insertNote({
      entityType,
      entityId: place(item.entity_id),
      noteType: item.note_type,
      params: item.params,
      createdAt: item.created_at,
      postedAt: world.now(),
      createdBy: item.created_by,
      responsibleUserId: item.responsible_user_id,
    });
    return { id: note.id, entity_id: note.entityId, request_id: requestId(item, at), _links: selfOf(request, note) };
  });
  return written(request, notes);
}

function patchMany(account: Account, request: ApiRequest): Answer {
  const body = readItems(request, patchOfListSchema);
  if ('refused' in body) return body.refused;
  const lost = body.items.findIndex((item) => found(account, request, item.id) === undefined);
  if (lost !== -1) return invalid(requestId(body.items[lost], lost), 'id', 'Note not found');
  return written(
    request,
    body.items.map(({ id, params }) => patched(account, request, id, params)),
  );
}

function patchOne(account: Account, request: ApiRequest, ofEntity?: number): Answer {
  const body = readItem(request, patchSchema);
  if ('refused' in body) return body.refused;
  const note = found(account, request, idParam(request, 'noteId'));
  if (note === undefined || (ofEntity !== undefined && note.entityId !== ofEntity)) return EMPTY;
  return hal(patched(account, request, note.id, body.item.params));
}

function found({ world }: Account, request: ApiRequest, id: number): Note | undefined {
  const note = world.notes.get(id);
  return note?.entityType === entityParam(request) ? note : undefined;
}

function patched({ world }: Account, request: ApiRequest, id: number, params: unknown) {
  const note = world.patchNote(id, params === undefined ? {} : { params });
  return note && { id, entity_id: note.entityId, updated_at: note.updatedAt, _links: selfOf(request, note) };
}

function written(request: ApiRequest, notes: unknown[]): Answer {
  return hal({
    _links: { self: href(`${request.origin}/api/v4/${entityParam(request)}/notes`) },
    _embedded: { notes },
  });
}

function selfOf(request: ApiRequest, note: Note) {
  return { self: href(`${request.origin}/api/v4/${note.entityType}/${note.entityId}/notes/${note.id}`) };
}
