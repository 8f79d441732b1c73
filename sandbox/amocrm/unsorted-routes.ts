import { z } from 'zod';
import type { Unsorted } from '../world/unsorted.ts';
import type { Account } from './account.ts';
import { type Answer, EMPTY, hal } from './answers.ts';
import { numbersAt, orderAt, stringsAt } from './filters.ts';
import { readItem, readItems, requestId } from './json-body.ts';
import { href, listAnswer, readPage, sliced } from './paging.ts';
import type { ApiRequest } from './request.ts';
import type { Route } from './route.ts';

const PATH = '/api/v4/leads/unsorted';

const sipSchema = z.looseObject({
  source_name: z.string(),
  source_uid: z.string(),
  pipeline_id: z.number().int().optional(),
  created_at: z.number().int().optional(),
  metadata: z.looseObject({
    phone: z.union([z.string(), z.number()]),
    called_at: z.number().int(),
    duration: z.union([z.string(), z.number()]),
    is_call_event_needed: z.boolean().optional(),
  }),
});

const acceptSchema = z.looseObject({ user_id: z.number().int().optional(), status_id: z.number().int().optional() });

/** Incoming requests that nobody has sorted yet; calls of unknown numbers wait here, on no card as a note. */
export function unsortedRoutes(account: Account): Route[] {
  return [
    { method: 'GET', path: PATH, handle: (request) => list(account, request) },
    { method: 'GET', path: `${PATH}/summary`, handle: () => summary(account) },
    {
      method: 'GET',
      path: `${PATH}/{key}`,
      handle: (request) => {
        const found = account.world.unsorted.get(request.params['key'] ?? '');
        return found === undefined ? EMPTY : hal(unsortedOf(account, request, found));
      },
    },
    { method: 'POST', path: `${PATH}/sip`, handle: (request) => add(account, request) },
    { method: 'POST', path: `${PATH}/{key}/accept`, handle: (request) => accept(account, request) },
  ];
}

function list(account: Account, request: ApiRequest): Answer {
  const { query } = request;
  const page = readPage(request, 250);
  const uids = stringsAt(query, 'filter', 'uid');
  const categories = stringsAt(query, 'filter', 'category');
  const pipelines = numbersAt(query, 'filter', 'pipeline_id');
  const sign = orderAt(query, ['created_at'] as const)?.descending === true ? -1 : 1;
  const found = [...account.world.unsorted.values()]
    .filter(
      (one) =>
        (uids === undefined || uids.has(one.uid)) &&
        (categories === undefined || categories.has(one.category)) &&
        (pipelines === undefined || pipelines.has(one.pipelineId)),
    )
    .sort((a, b) => sign * (a.createdAt - b.createdAt));
  const { items, more } = sliced(found, page);
  const shown = items.map((one) => unsortedOf(account, request, one));
  return listAnswer(request, page, { name: 'unsorted', items: shown, more });
}

function summary({ world }: Account): Answer {
  const all = [...world.unsorted.values()];
  const of = (category: string) => ({ total: all.filter((one) => one.category === category).length });
  return hal({
    total: all.length + world.unsortedAccepted,
    accepted: world.unsortedAccepted,
    declined: 0,
    average_sort_time: 0,
    categories: { sip: of('sip'), mail: of('mail'), forms: of('forms'), chats: of('chats') },
  });
}

function add(account: Account, request: ApiRequest): Answer {
  const body = readItems(request, sipSchema);
  if ('refused' in body) return body.refused;
  const added = body.items.map((item, at) => {
    const { is_call_event_needed = false, ...metadata } = item.metadata;
    const unsorted = account.world.addUnsorted({
      sourceUid: item.source_uid,
      sourceName: item.source_name,
      pipelineId: item.pipeline_id,
      createdAt: item.created_at,
      metadata,
      phone: String(metadata.phone),
      callWanted: is_call_event_needed,
    });
    const self = href(`${request.origin}${PATH}/${unsorted.uid}`);
    return {
      uid: unsorted.uid,
      account_id: account.identity.accountId,
      request_id: requestId(item, at),
      _links: { self },
      _embedded: cardsOf(request, unsorted),
    };
  });
  return hal({ _total_items: added.length, _embedded: { unsorted: added } });
}

function accept(account: Account, request: ApiRequest): Answer {
  const body = readItem({ ...request, body: request.body === '' ? '{}' : request.body }, acceptSchema);
  if ('refused' in body) return body.refused;
  const accepted = account.world.acceptUnsorted(request.params['key'] ?? '', {
    userId: body.item.user_id,
    statusId: body.item.status_id,
  });
  if (accepted === undefined) return EMPTY;
  return hal({
    uid: accepted.uid,
    pipeline_id: accepted.pipelineId,
    category: accepted.category,
    created_at: accepted.createdAt,
    _embedded: cardsOf(request, accepted),
  });
}

function unsortedOf(account: Account, request: ApiRequest, one: Unsorted): unknown {
  return {
    uid: one.uid,
    source_uid: one.sourceUid,
    source_name: one.sourceName,
    category: one.category,
    pipeline_id: one.pipelineId,
    created_at: one.createdAt,
    metadata: one.metadata,
    account_id: account.identity.accountId,
    _links: { self: href(`${request.origin}${PATH}/${one.uid}`) },
    _embedded: cardsOf(request, one),
  };
}

function cardsOf(request: ApiRequest, { contactId, leadId }: Unsorted) {
  const ref = (entityType: string, id: number) => ({
    id,
    _links: { self: href(`${request.origin}/api/v4/${entityType}/${id}`) },
  });
  return { contacts: [ref('contacts', contactId)], leads: [ref('leads', leadId)], companies: [] };
}
