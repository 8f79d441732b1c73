import type { WorldEvent } from '../world/model.ts';
import type { Account } from './account.ts';
import { type Answer, EMPTY, hal } from './answers.ts';
import { numbersAt, stringsAt, timeRangeAt, within } from './filters.ts';
import { href, listAnswer, readPage } from './paging.ts';
import type { ApiRequest } from './request.ts';
import type { Route } from './route.ts';
import { SINGULAR } from './singular.ts';

const TYPES = [
  { key: 'lead_added', type: 1, lang: 'Новая сделка' },
  { key: 'incoming_call', type: 21, lang: 'Входящий звонок' },
  { key: 'outgoing_call', type: 22, lang: 'Исходящий звонок' },
];

/** The account's events; they surface as late as the account's switch says. */
export function eventRoutes(account: Account): Route[] {
  return [
    { method: 'GET', path: '/api/v4/events', handle: (request) => list(account, request) },
    {
      method: 'GET',
      path: '/api/v4/events/types',
      handle: (request) =>
        hal({
          _total_items: TYPES.length,
          _links: { self: href(`${request.origin}/api/v4/events/types`) },
          _embedded: { events_types: TYPES },
        }),
    },
    { method: 'GET', path: '/api/v4/events/{key}', handle: (request) => detail(account, request) },
  ];
}

function surfacedUntil(account: Account): number {
  return account.world.now() - account.switches.eventDelaySeconds;
}

function list(account: Account, request: ApiRequest): Answer {
  const { query } = request;
  const page = readPage(request, 100);
  const ids = stringsAt(query, 'filter', 'id');
  const types = stringsAt(query, 'filter', 'type');
  const created = timeRangeAt(query, 'filter', 'created_at');
  const authors = numbersAt(query, 'filter', 'created_by');
  const entities = stringsAt(query, 'filter', 'entity');
  const entityIds = numbersAt(query, 'filter', 'entity_id');
  const found = account.world.events.page({
    until: surfacedUntil(account),
    offset: page.offset,
    limit: page.limit,
    matches: (event) =>
      (ids === undefined || ids.has(event.id)) &&
      (types === undefined || types.has(event.type)) &&
      within(created, event.at) &&
      (authors === undefined || authors.has(event.createdBy)) &&
      (entities === undefined || entities.has(SINGULAR[event.entityType])) &&
      (entityIds === undefined || entityIds.has(event.entityId)),
  });
  const items = found.events.map((event) => eventOf(account, request, event));
  return listAnswer(request, page, { name: 'events', items, more: found.more });
}

function detail(account: Account, request: ApiRequest): Answer {
  const event = account.world.events.get(request.params['key'] ?? '');
  if (event === undefined || event.at > surfacedUntil(account)) return EMPTY;
  return hal(eventOf(account, request, event));
}

function eventOf(account: Account, request: ApiRequest, event: WorldEvent): unknown {
  const api = `${request.origin}/api/v4`;
  return {
    id: event.id,
    type: event.type,
    entity_id: event.entityId,
    entity_type: SINGULAR[event.entityType],
    created_by: event.createdBy,
    created_at: event.at,
    value_after: event.noteId === null ? [] : [{ note: { id: event.noteId } }],
    value_before: [],
    account_id: account.identity.accountId,
    _links: { self: href(`${api}/events/${event.id}`) },
    _embedded: {
      entity: { id: event.entityId, _links: { self: href(`${api}/${event.entityType}/${event.entityId}`) } },
    },
  };
}
