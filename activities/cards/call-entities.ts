import type { Entity, EntityRef } from '../../ledger/calls/entities.ts';
import { CARD_BLOCKS, type CardBlock } from '../../settings/card-fields.ts';
import type { Mapping } from '../../settings/mapping.ts';

/** The fields that a mapping names, by block. */
export type NeededFields = Record<CardBlock, readonly string[]>;

export function neededFields(mapping: Mapping): NeededFields {
  const [deal, contact, company] = CARD_BLOCKS.map((block) => [...new Set(mapping[block].map(({ amocrm }) => amocrm))]);
  return { deal: deal ?? [], contact: contact ?? [], company: company ?? [] };
}

/** Whom and what a call is about; gone ones are left out. */
export interface CallEntities {
  contacts: Entity[];
  deals: Entity[];
  companies: Entity[];
  customers: Entity[];
}

/** Of a card with more deals, the newest so many are looked at for an open one. */
const CANDIDATES = 20;

/**
 * Finds what a call's metadata draw on, from what its notes hang on: every such card, and where a kind is missing what
 * these are linked with. A lead brings its main contact, a contact or company its open lead that changed last; the
 * company is the lead's, else the contact's. What neither the mapping nor the client's name needs is not looked for.
 *
 * @param find what is known of an entity; undefined while it is not: then what depends on it stays out, and `find` has
 * been told what to read.
 */
export function entitiesOfCall(
  refs: readonly EntityRef[],
  find: (ref: EntityRef) => Entity | undefined,
  needed: NeededFields,
): CallEntities {
  const present = (wanted: readonly EntityRef[]) =>
    wanted.map(find).filter((entity) => entity !== undefined && !entity.isGone) as Entity[];
  const noneIn = (wanted: readonly EntityRef[]) => wanted.every((ref) => find(ref)?.isGone === true);
  const direct = (entityType: Entity['entityType']) => refs.filter((ref) => ref.entityType === entityType);

  const customers = present(direct('customer'));
  let companies = present(direct('company'));
  let deals = present(direct('lead'));
  let contactRefs = direct('contact');
  for (const owners of [deals, customers]) {
    if (noneIn(contactRefs)) contactRefs = mainContactsOf(owners);
  }
  const contacts = present(contactRefs);

  if (needed.deal.length > 0 && noneIn(direct('lead'))) {
    deals = currentOf(present(leadsOf(contacts.length > 0 ? contacts : companies)));
  }
  if ((needed.company.length > 0 || noneIn(contactRefs)) && noneIn(direct('company'))) {
    const companyRefs = [deals, contacts, customers].map(companiesOf).find((found) => found.length > 0);
    companies = present(companyRefs ?? []);
  }
  return { contacts, deals, companies, customers };
}

function mainContactsOf(entities: readonly Entity[]): EntityRef[] {
  return entities.flatMap(({ mainContactId }) =>
    mainContactId === null ? [] : [{ entityType: 'contact', entityId: mainContactId }],
  );
}

function companiesOf(entities: readonly Entity[]): EntityRef[] {
  return entities.flatMap(({ companyId }) =>
    companyId === null ? [] : [{ entityType: 'company', entityId: companyId }],
  );
}

function leadsOf(entities: readonly Entity[]): EntityRef[] {
  return entities.flatMap(({ leadIds }) =>
    leadIds
      .toSorted((one, other) => other - one)
      .slice(0, CANDIDATES)
      .map((entityId) => ({ entityType: 'lead' as const, entityId })),
  );
}

/** The open one that changed last. */
function currentOf(deals: readonly Entity[]): Entity[] {
  const changedAt = ({ updatedAt }: Entity) => updatedAt?.getTime() ?? 0;
  return deals
    .filter(({ isOpen }) => isOpen)
    .toSorted((one, other) => changedAt(other) - changedAt(one) || other.entityId - one.entityId)
    .slice(0, 1);
}
