import { goodsOf } from '../world/goods.ts';
import type { EntityType } from '../world/model.ts';
import type { Entities } from '../world/entities.ts';
import type { Account } from './account.ts';
import { type Answer, EMPTY, hal, problem } from './answers.ts';
import { numbersAt, stringsAt } from './filters.ts';
import { href } from './paging.ts';
import { type ApiRequest, idParam } from './request.ts';
import { entityParam, type Route } from './route.ts';

interface Link {
  to_entity_id: number;
  to_entity_type: EntityType | 'catalog_elements';
  metadata: { main_contact: boolean } | { quantity: number; catalog_id: number } | null;
}

/** Who is linked with whom: free of the paid filter option, so the fallback for joins. */
export function linkRoutes(account: Account): Route[] {
  return [
    { method: 'GET', path: '/api/v4/{entity}/links', handle: (request) => mass(account, request) },
    { method: 'GET', path: '/api/v4/{entity}/{id}/links', handle: (request) => ofOne(account, request) },
  ];
}

function mass(account: Account, request: ApiRequest): Answer {
  const entityType = entityParam(request);
  const ids = numbersAt(request.query, 'filter', 'entity_id');
  if (ids === undefined) return problem(400, 'Не передан обязательный параметр filter[entity_id]');
  return answer(
    request,
    [...ids].flatMap((id) =>
      linksOf(account.world.entities, entityType, id)
        .filter((link) => wanted(request, link))
        .map((link) => ({ entity_id: id, entity_type: entityType, ...link })),
    ),
  );
}

function ofOne(account: Account, request: ApiRequest): Answer {
  const links = linksOf(account.world.entities, entityParam(request), idParam(request, 'id'));
  return answer(
    request,
    links.filter((link) => wanted(request, link)),
  );
}

function answer(request: ApiRequest, links: unknown[]): Answer {
  if (links.length === 0) return EMPTY;
  return hal({
    _total_items: links.length,
    _links: { self: href(`${request.origin}${request.path}${request.search}`) },
    _embedded: { links },
  });
}

function wanted({ query }: ApiRequest, link: Link): boolean {
  const types = stringsAt(query, 'filter', 'to_entity_type');
  const ids = numbersAt(query, 'filter', 'to_entity_id');
  return (types === undefined || types.has(link.to_entity_type)) && (ids === undefined || ids.has(link.to_entity_id));
}

function linksOf(entities: Entities, entityType: EntityType, id: number): Link[] {
  switch (entityType) {
    case 'leads': {
      const lead = entities.leads.get(id);
      if (lead === undefined) return [];
      return [...goods(id), ...people(lead.contactIds), ...company(lead.companyId)];
    }
    case 'contacts': {
      const contact = entities.contacts.get(id);
      const leads = (contact?.leadIds ?? []).map((leadId) => ({
        to_entity_id: leadId,
        to_entity_type: 'leads' as const,
        metadata: { main_contact: entities.leads.get(leadId)?.contactIds[0] === id },
      }));
      return [...leads, ...company(contact?.companyId ?? null), ...plain('customers', contact?.customerIds ?? [])];
    }
    case 'companies': {
      const found = entities.companies.get(id);
      return [...plain('contacts', found?.contactIds ?? []), ...plain('leads', found?.leadIds ?? [])];
    }
    case 'customers': {
      const customer = entities.customers.get(id);
      return [...people(customer?.contactIds ?? []), ...company(customer?.companyId ?? null)];
    }
  }
}

/** Links lead to goods as well, which are no card: whoever reads links must step over them. */
function goods(leadId: number): Link[] {
  return goodsOf(leadId).map(({ id, metadata }) => ({
    to_entity_id: id,
    to_entity_type: 'catalog_elements',
    metadata,
  }));
}

function people(contactIds: number[]): Link[] {
  return contactIds.map((id, at) => ({
    to_entity_id: id,
    to_entity_type: 'contacts',
    metadata: { main_contact: at === 0 },
  }));
}

function company(id: number | null): Link[] {
  return plain('companies', id === null ? [] : [id]);
}

function plain(entityType: EntityType, ids: number[]): Link[] {
  return ids.map((id) => ({ to_entity_id: id, to_entity_type: entityType, metadata: null }));
}
