import type { Card, EntityType } from '../world/model.ts';
import type { Account } from './account.ts';
import { type Answer, EMPTY, hal } from './answers.ts';
import { entityOf } from './entity-shapes.ts';
import { numbersAt, orderAt, stringsAt, timeRangeAt, within } from './filters.ts';
import { textAt } from './filters.ts';
import { listAnswer, readPage, sliced } from './paging.ts';
import { type ApiRequest, idParam } from './request.ts';
import { entityParam, type Route } from './route.ts';

/** Lists and cards of leads, contacts, companies and customers. */
export function entityRoutes(account: Account): Route[] {
  return [
    { method: 'GET', path: '/api/v4/{entity}', handle: (request) => list(account, request) },
    { method: 'GET', path: '/api/v4/{entity}/{id}', handle: (request) => detail(account, request) },
  ];
}

function list(account: Account, request: ApiRequest): Answer {
  const entityType = entityParam(request);
  const page = readPage(request, 250);
  const { items, more } = sliced(ordered(request, filtered(account, request, entityType)), page);
  const shaping = shapingOf(account, request);
  const shown = items.map((card) => entityOf(shaping, entityType, card.id));
  return listAnswer(request, page, { name: entityType, items: shown, more });
}

function detail(account: Account, request: ApiRequest): Answer {
  const entity = entityOf(shapingOf(account, request), entityParam(request), idParam(request, 'id'));
  return entity === undefined ? EMPTY : hal(entity);
}

function shapingOf(account: Account, request: ApiRequest) {
  return { account, request, asked: stringsAt(request.query, 'with') ?? new Set<string>() };
}

/** Filters of entity lists are a paid option: without it the whole list comes back and nothing says so. */
function filtered(account: Account, { query }: ApiRequest, entityType: EntityType): Card[] {
  const all: Map<number, Card> = account.world.entities[entityType];
  const sought = textAt(query, 'query');
  // The free search is no filter: it works without the option.
  if (sought !== undefined) return [...all.values()].filter((card) => isFound(card, sought));
  if (!account.switches.apiFilter) return [...all.values()];
  const ids = numbersAt(query, 'filter', 'id');
  const owners = numbersAt(query, 'filter', 'responsible_user_id');
  const updated = timeRangeAt(query, 'filter', 'updated_at');
  const created = timeRangeAt(query, 'filter', 'created_at');
  const candidates = ids === undefined ? [...all.values()] : [...ids].flatMap((id) => all.get(id) ?? []);
  return candidates.filter(
    (card) =>
      (owners === undefined || owners.has(card.responsibleUserId)) &&
      within(updated, card.updatedAt) &&
      within(created, card.createdAt),
  );
}

/** By name or by any value of a field, numbers by their last digits. */
function isFound(card: Card, sought: string): boolean {
  const digits = sought.replace(/\D/g, '').slice(-10);
  const values = card.customFields?.flatMap((field) => field.values.map(({ value }) => String(value))) ?? [];
  return [card.name, ...values].some(
    (text) =>
      text.toLowerCase().includes(sought.toLowerCase()) ||
      (digits.length === 10 && text.replace(/\D/g, '').endsWith(digits)),
  );
}

function ordered({ query }: ApiRequest, cards: Card[]): Card[] {
  const order = orderAt(query, ['created_at', 'updated_at', 'id'] as const);
  const sign = order?.descending === true ? -1 : 1;
  switch (order?.by ?? 'id') {
    case 'created_at':
      return cards.sort((a, b) => sign * (a.createdAt - b.createdAt || a.id - b.id));
    case 'updated_at':
      return cards.sort((a, b) => sign * (a.updatedAt - b.updatedAt || a.id - b.id));
    case 'id':
      return cards.sort((a, b) => sign * (a.id - b.id));
  }
}
