import { z } from 'zod';
import { cardOfPhone } from '../world/card-of-phone.ts';
import type { Account } from './account.ts';
import { type Answer, hal } from './answers.ts';
import { readItems, requestId } from './json-body.ts';
import { href } from './paging.ts';
import type { ApiRequest } from './request.ts';
import type { Route } from './route.ts';
import { SINGULAR } from './singular.ts';

const whole = z.number().int();

const callSchema = z.looseObject({
  direction: z.enum(['inbound', 'outbound']),
  duration: whole,
  source: z.string(),
  phone: z.string(),
  uniq: z.string().optional(),
  link: z.string().nullish(),
  call_responsible: z.union([z.string(), whole]).optional(),
  call_result: z.string().optional(),
  call_status: whole.optional(),
  responsible_user_id: whole.optional(),
  created_by: whole.optional(),
  created_at: whole.optional(),
  updated_at: whole.optional(),
});

type GivenCall = z.infer<typeof callSchema>;

/** `POST /calls`: amoCRM itself finds the card by the number's last ten digits; there is no way to read calls back. */
export function callRoutes(account: Account): Route[] {
  return [{ method: 'POST', path: '/api/v4/calls', handle: (request) => add(account, request) }];
}

function add(account: Account, request: ApiRequest): Answer {
  const body = readItems(request, callSchema);
  if ('refused' in body) return body.refused;
  const calls: unknown[] = [];
  const errors: unknown[] = [];
  for (const [at, call] of body.items.entries()) {
    const card = cardOfPhone(account.world.entities, call.phone);
    const request_id = requestId(call, at);
    if (card === undefined) {
      // That it is told here is documented, its form is not.
      errors.push({
        request_id,
        title: 'Entity not found',
        status: 404,
        detail: 'Карточка с таким номером не найдена',
      });
      continue;
    }
    const note = account.world.insertNote({
      ...card,
      noteType: call.direction === 'inbound' ? 'call_in' : 'call_out',
      params: paramsOf(call),
      createdAt: call.created_at,
      updatedAt: call.updated_at,
      postedAt: account.world.now(),
      createdBy: typeof call.call_responsible === 'number' ? call.call_responsible : call.created_by,
      responsibleUserId: call.responsible_user_id,
    });
    const self = href(`${request.origin}/api/v4/${card.entityType}/${card.entityId}`);
    calls.push({
      id: note.id,
      entity_id: card.entityId,
      entity_type: SINGULAR[card.entityType],
      account_id: account.identity.accountId,
      request_id,
      _embedded: { entity: { id: card.entityId, _links: { self } } },
    });
  }
  return hal({ _total_items: calls.length, errors, _embedded: { calls } });
}

function paramsOf({ uniq, duration, source, link, phone, call_result, call_status, call_responsible }: GivenCall) {
  const params = { uniq, duration, source, link, phone, call_result, call_status, call_responsible };
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}
