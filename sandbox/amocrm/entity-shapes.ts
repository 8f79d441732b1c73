import { goodsOf } from '../world/goods.ts';
import type { Card, Company, Contact, Customer, EntityType, Lead, LossReason } from '../world/model.ts';
import { LOSS_REASONS } from '../world/pipelines.ts';
import type { Account } from './account.ts';
import { href } from './paging.ts';
import type { ApiRequest } from './request.ts';

interface Shaping {
  account: Account;
  request: ApiRequest;
  /** Names in the `with` parameter. */
  asked: ReadonlySet<string>;
}

/** One entity as the API shows it; undefined if there is none of this id. */
export function entityOf(shaping: Shaping, entityType: EntityType, id: number): unknown {
  const { entities } = shaping.account.world;
  switch (entityType) {
    case 'leads': {
      const lead = entities.leads.get(id);
      return lead && leadOf(shaping, lead);
    }
    case 'contacts': {
      const contact = entities.contacts.get(id);
      return contact && contactOf(shaping, contact);
    }
    case 'companies': {
      const company = entities.companies.get(id);
      return company && companyOf(shaping, company);
    }
    case 'customers': {
      const customer = entities.customers.get(id);
      return customer && customerOf(shaping, customer);
    }
  }
}

function leadOf(shaping: Shaping, lead: Lead): unknown {
  const { asked } = shaping;
  const lossReasons = LOSS_REASONS.filter((reason) => reason.id === lead.lossReasonId);
  return {
    ...cardOf(shaping, lead),
    price: lead.price,
    status_id: lead.statusId,
    pipeline_id: lead.pipelineId,
    loss_reason_id: lead.lossReasonId,
    source_id: null,
    closed_at: lead.closedAt,
    score: null,
    is_deleted: false,
    ...(asked.has('is_price_modified_by_robot') ? { is_price_modified_by_robot: false } : {}),
    _links: selfOf(shaping, 'leads', lead.id),
    _embedded: {
      tags: lead.tags,
      ...(asked.has('catalog_elements') ? { catalog_elements: goodsOf(lead.id) } : {}),
      // Documented as an object, shown as an array.
      ...(asked.has('loss_reason')
        ? { loss_reason: lossReasons.map((one) => lossReasonOf(shaping.request, one)) }
        : {}),
      companies: refs(shaping, 'companies', lead.companyId === null ? [] : [lead.companyId]),
      ...(asked.has('contacts') ? { contacts: people(shaping, lead.contactIds) } : {}),
      ...(asked.has('source') ? { source: { id: 1876532, name: 'API' } } : {}),
    },
  };
}

function contactOf(shaping: Shaping, contact: Contact): unknown {
  const { asked } = shaping;
  return {
    ...cardOf(shaping, contact),
    first_name: contact.firstName,
    last_name: contact.lastName,
    _links: selfOf(shaping, 'contacts', contact.id),
    _embedded: {
      tags: contact.tags,
      ...(asked.has('leads') ? { leads: refs(shaping, 'leads', contact.leadIds) } : {}),
      ...(asked.has('customers') ? { customers: refs(shaping, 'customers', contact.customerIds) } : {}),
      ...(asked.has('catalog_elements') ? { catalog_elements: [] } : {}),
      companies: refs(shaping, 'companies', contact.companyId === null ? [] : [contact.companyId]),
    },
  };
}

function companyOf(shaping: Shaping, company: Company): unknown {
  const { asked } = shaping;
  return {
    ...cardOf(shaping, company),
    _links: selfOf(shaping, 'companies', company.id),
    _embedded: {
      tags: company.tags,
      ...(asked.has('contacts') ? { contacts: refs(shaping, 'contacts', company.contactIds) } : {}),
      ...(asked.has('leads') ? { leads: refs(shaping, 'leads', company.leadIds) } : {}),
      ...(asked.has('customers') ? { customers: refs(shaping, 'customers', customersOf(shaping, company)) } : {}),
      ...(asked.has('catalog_elements') ? { catalog_elements: [] } : {}),
    },
  };
}

function customersOf({ account }: Shaping, company: Company): number[] {
  const { contacts } = account.world.entities;
  return company.contactIds.flatMap((id) => contacts.get(id)?.customerIds ?? []);
}

function customerOf(shaping: Shaping, customer: Customer): unknown {
  const { asked } = shaping;
  return {
    ...cardOf(shaping, customer),
    next_price: 0,
    next_date: customer.createdAt,
    status_id: 4740028,
    periodicity: 0,
    is_deleted: false,
    ltv: 0,
    purchases_count: 0,
    average_check: 0,
    _links: selfOf(shaping, 'customers', customer.id),
    _embedded: {
      segments: [],
      tags: customer.tags,
      ...(asked.has('contacts') ? { contacts: people(shaping, customer.contactIds) } : {}),
      ...(asked.has('companies')
        ? { companies: refs(shaping, 'companies', customer.companyId === null ? [] : [customer.companyId]) }
        : {}),
    },
  };
}

function cardOf({ account }: Shaping, card: Card) {
  const owner = account.world.operators.find((operator) => operator.id === card.responsibleUserId);
  return {
    id: card.id,
    name: card.name,
    responsible_user_id: card.responsibleUserId,
    group_id: owner?.groupId ?? 0,
    created_by: card.createdBy,
    updated_by: card.createdBy,
    created_at: card.createdAt,
    updated_at: card.updatedAt,
    closest_task_at: null,
    custom_fields_values: card.customFields,
    account_id: account.identity.accountId,
  };
}

function selfOf({ request }: Shaping, entityType: EntityType, id: number) {
  return { self: href(`${request.origin}/api/v4/${entityType}/${id}`) };
}

function refs(shaping: Shaping, entityType: EntityType, ids: number[]) {
  return ids.map((id) => ({ id, _links: selfOf(shaping, entityType, id) }));
}

function people(shaping: Shaping, contactIds: number[]) {
  return contactIds.map((id, at) => ({ id, is_main: at === 0, _links: selfOf(shaping, 'contacts', id) }));
}

export function lossReasonOf(request: ApiRequest, reason: LossReason) {
  return {
    ...reason,
    sort: 100000,
    created_at: 1582117280,
    updated_at: 1582117280,
    _links: { self: href(`${request.origin}/api/v4/leads/loss_reasons/${reason.id}`) },
  };
}
