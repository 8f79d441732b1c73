import { fillFields } from './custom-field-values.ts';
import type { Card, Company, Contact, Customer, Lead, Operator, Tag } from './model.ts';
import { LOSS_REASONS, LOST, PIPELINES, TAGS, WON } from './pipelines.ts';
import type { Random } from './random.ts';
import { companyName, leadName, mobileDigits, personName } from './russian-names.ts';

export interface Entities {
  contacts: Map<number, Contact>;
  leads: Map<number, Lead>;
  companies: Map<number, Company>;
  customers: Map<number, Customer>;
}

export interface EntitiesPlan {
  contacts: number;
  customers: boolean;
  operators: [Operator, ...Operator[]];
  now: number;
  timeZone: string;
}

const DAY = 86_400;

/** Contacts with their companies and leads; a contact's lead has it as the main contact. */
export function seedEntities(random: Random, plan: EntitiesPlan): Entities {
  const entities: Entities = { contacts: new Map(), leads: new Map(), companies: new Map(), customers: new Map() };
  for (let at = 0; at < plan.contacts; at += 1) addContact(entities, random.fork(`contact-${at}`), plan, at);
  return entities;
}

function addContact(entities: Entities, random: Random, plan: EntitiesPlan, at: number): void {
  const person = personName(random);
  const phone = mobileDigits(random);
  const nameless = random.chance(0.05);
  const contact: Contact = {
    ...card(random, plan, 26_060_763 + at * 4),
    name: nameless ? `+7${phone}` : `${person.firstName} ${person.lastName}`,
    firstName: nameless ? '' : person.firstName,
    lastName: nameless ? '' : person.lastName,
    phone,
    companyId: null,
    leadIds: [],
    customerIds: [],
  };
  const email = random.chance(0.6) ? { email: `client${at}@mail.example` } : {};
  contact.customFields = fillFields('contacts', random, { ...plan, phone, ...email });
  entities.contacts.set(contact.id, contact);

  if (random.chance(0.3)) joinCompany(entities, random, plan, contact, companyName(random, person));
  const leads = random.weighted([[0, 35], [1, 50], [2, 12], [3, 3]] as const); // prettier-ignore
  for (let nth = 0; nth < leads; nth += 1) addLead(entities, random.fork(`lead-${nth}`), plan, contact);
  if (plan.customers && random.chance(0.15)) addCustomer(entities, random, plan, contact);
}

function joinCompany(entities: Entities, random: Random, plan: EntitiesPlan, contact: Contact, name: string): void {
  const last = entities.companies.size;
  const known =
    last > 0 && random.chance(0.25) ? entities.companies.get(7_767_077 + random.int(0, last - 1) * 6) : null;
  const company = known ?? {
    ...card(random, plan, 7_767_077 + last * 6),
    name,
    contactIds: [],
    leadIds: [],
    customFields: fillFields('companies', random, { ...plan, phone: mobileDigits(random) }),
  };
  company.contactIds.push(contact.id);
  contact.companyId = company.id;
  entities.companies.set(company.id, company);
}

function addLead(entities: Entities, random: Random, plan: EntitiesPlan, contact: Contact): void {
  const base = card(random, plan, 17_593_303 + entities.leads.size * 4);
  const pipeline = random.chance(0.75) ? PIPELINES[0] : random.pick(PIPELINES);
  const open = pipeline.statuses.filter((status) => status.isEditable).map((status) => status.id);
  const statusId = random.weighted([...open.map((id) => [id, 50 / open.length] as const), [WON, 30], [LOST, 20]]);
  const closed = statusId === WON || statusId === LOST;
  const lead: Lead = {
    ...base,
    name: leadName(random),
    price: random.int(1, 500) * 1000,
    pipelineId: pipeline.id,
    statusId,
    lossReasonId: statusId === LOST ? random.pick(LOSS_REASONS).id : null,
    closedAt: closed ? base.updatedAt : null,
    contactIds: [contact.id],
    companyId: contact.companyId,
    customFields: fillFields('leads', random, plan),
  };
  entities.leads.set(lead.id, lead);
  contact.leadIds.push(lead.id);
  if (lead.companyId !== null) entities.companies.get(lead.companyId)?.leadIds.push(lead.id);

  // Some deals have a second person on them; the first stays the main one.
  const other = random.chance(0.08) ? entities.contacts.get(contact.id - 4) : undefined;
  if (other !== undefined) {
    lead.contactIds.push(other.id);
    other.leadIds.push(lead.id);
  }
}

function addCustomer(entities: Entities, random: Random, plan: EntitiesPlan, contact: Contact): void {
  const customer: Customer = {
    ...card(random, plan, 134_923 + entities.customers.size * 2),
    name: contact.name,
    contactIds: [contact.id],
    companyId: contact.companyId,
    customFields: fillFields('customers', random, plan),
  };
  entities.customers.set(customer.id, customer);
  contact.customerIds.push(customer.id);
}

function card(random: Random, plan: EntitiesPlan, id: number): Omit<Card, 'name'> {
  const createdAt = plan.now - random.int(22, 400) * DAY - random.int(0, DAY);
  const owner = random.pick(plan.operators);
  const tags: Tag[] = random.chance(0.2) ? [random.pick(TAGS)] : [];
  return {
    id,
    responsibleUserId: owner.id,
    createdBy: random.chance(0.3) ? 0 : owner.id,
    createdAt,
    updatedAt: createdAt + random.int(0, 21) * DAY,
    customFields: null,
    tags,
  };
}
