import { describe, expect, test } from '@jest/globals';
import { entitiesOfCall, type NeededFields, neededFields } from '../../activities/cards/call-entities.ts';
import type { Entity, EntityRef } from '../../ledger/calls/entities.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { entity } from '../support/entity.ts';

const ALL: NeededFields = { deal: ['name'], contact: [], company: ['name'] };
const NOTHING: NeededFields = { deal: [], contact: [], company: [] };

/** What a call that hangs on `refs` draws on, of these entities, and what it still wants to know. */
function resolve(known: Entity[], refs: EntityRef[], needed = ALL) {
  const unread = new Set<string>();
  const found = entitiesOfCall(
    refs,
    (ref) => {
      const one = known.find((other) => other.entityType === ref.entityType && other.entityId === ref.entityId);
      if (!one) unread.add(`${ref.entityType} ${ref.entityId}`);
      return one;
    },
    needed,
  );
  const ids = (list: Entity[]) => list.map(({ entityId }) => entityId);
  return {
    contacts: ids(found.contacts),
    deals: ids(found.deals),
    companies: ids(found.companies),
    customers: ids(found.customers),
    unread: [...unread],
  };
}
const ref = (entityType: Entity['entityType'], entityId: number): EntityRef => ({ entityType, entityId });
const at = (day: number) => new Date(Date.UTC(2026, 10, day));

describe('a call on a contact', () => {
  const contact = entity('contact', 1, { leadIds: [11, 12, 13, 14], companyId: 21 });
  const deals = [
    entity('lead', 11, { updatedAt: at(1) }),
    entity('lead', 12, { updatedAt: at(9), isOpen: false }),
    entity('lead', 13, { updatedAt: at(5) }),
    entity('lead', 14, { updatedAt: at(7), isGone: true }),
  ];
  const company = entity('company', 21);

  test('has its open deal that changed last, and its company', () => {
    expect(resolve([contact, ...deals, company], [ref('contact', 1)])).toEqual({
      contacts: [1],
      deals: [13],
      companies: [21],
      customers: [],
      unread: [],
    });
  });

  test('has the younger of two deals that changed at one moment, and none when all are closed', () => {
    const same = [entity('lead', 11, { updatedAt: at(1) }), entity('lead', 12, { updatedAt: at(1) })];
    const both = entity('contact', 1, { leadIds: [11, 12] });
    expect(resolve([both, ...same], [ref('contact', 1)]).deals).toEqual([12]);
    const closed = same.map((deal) => ({ ...deal, isOpen: false }));
    expect(resolve([both, ...closed], [ref('contact', 1)]).deals).toEqual([]);
  });

  test('asks for the contact first, and for what it leads to only once that is known', () => {
    expect(resolve([], [ref('contact', 1)]).unread).toEqual(['contact 1']);
    expect(resolve([contact], [ref('contact', 1)]).unread).toEqual([
      'lead 14',
      'lead 13',
      'lead 12',
      'lead 11',
      'company 21',
    ]);
  });

  test('asks for no deal and no company when nothing of them is mapped', () => {
    expect(resolve([contact], [ref('contact', 1)], NOTHING)).toMatchObject({ contacts: [1], unread: [] });
  });

  test('looks at the twenty newest deals of a contact that has more', () => {
    const busy = entity('contact', 1, { leadIds: Array.from({ length: 100 }, (_, n) => n + 1) });
    const { unread } = resolve([busy], [ref('contact', 1)]);
    expect(unread).toHaveLength(20);
    expect(unread[0]).toBe('lead 100');
  });

  test('that is gone has whatever else the call hangs on', () => {
    const gone = entity('contact', 1, { isGone: true });
    expect(resolve([gone], [ref('contact', 1)])).toEqual({
      contacts: [],
      deals: [],
      companies: [],
      customers: [],
      unread: [],
    });
    expect(resolve([gone, entity('company', 21)], [ref('contact', 1), ref('company', 21)]).companies).toEqual([21]);
  });
});

describe('a call on a lead', () => {
  const lead = entity('lead', 11, { mainContactId: 1, companyId: 21 });

  test('has its main contact and its company, also when the lead is closed', () => {
    const known = [{ ...lead, isOpen: false }, entity('contact', 1, { companyId: 22 }), entity('company', 21)];
    expect(resolve(known, [ref('lead', 11)])).toMatchObject({
      contacts: [1],
      deals: [11],
      companies: [21],
      unread: [],
    });
  });

  test('has its contact’s company when it has none itself', () => {
    const bare = { ...lead, companyId: null };
    expect(resolve([bare, entity('contact', 1, { companyId: 22 })], [ref('lead', 11)]).unread).toEqual(['company 22']);
  });

  test('needs its company for the client’s name only when there is no contact', () => {
    expect(resolve([lead], [ref('lead', 11)], NOTHING).unread).toEqual(['contact 1']);
    expect(resolve([lead, entity('contact', 1)], [ref('lead', 11)], NOTHING).unread).toEqual([]);
    const gone = entity('contact', 1, { isGone: true });
    expect(resolve([lead, gone], [ref('lead', 11)], NOTHING).unread).toEqual(['company 21']);
    expect(resolve([{ ...lead, mainContactId: null }], [ref('lead', 11)], NOTHING).unread).toEqual(['company 21']);
  });

  test('that is gone falls back on the open deal of the contact that the call hangs on too', () => {
    const known = [
      entity('lead', 11, { isGone: true }),
      entity('contact', 1, { leadIds: [11, 12] }),
      entity('lead', 12),
    ];
    expect(resolve(known, [ref('contact', 1), ref('lead', 11)]).deals).toEqual([12]);
  });
});

describe('a call that hangs on several cards', () => {
  test('has them all, and asks for nothing beside them', () => {
    const known = [
      entity('contact', 1, { leadIds: [13], companyId: 22 }),
      entity('contact', 2),
      entity('lead', 11, { mainContactId: 3 }),
      entity('lead', 12),
      entity('company', 21),
      entity('customer', 31, { mainContactId: 4 }),
    ];
    expect(resolve(known, known)).toEqual({
      contacts: [1, 2],
      deals: [11, 12],
      companies: [21],
      customers: [31],
      unread: [],
    });
  });

  test('waits for its deal before it looks at those of its contact', () => {
    const contact = entity('contact', 1, { leadIds: [12] });
    expect(resolve([contact], [ref('contact', 1), ref('lead', 11)]).unread).toEqual(['lead 11']);
  });
});

test('a call on a company has its open deal; one on a customer has its main contact and company', () => {
  const company = entity('company', 21, { leadIds: [11] });
  expect(resolve([company, entity('lead', 11)], [ref('company', 21)])).toMatchObject({ deals: [11], companies: [21] });
  const customer = entity('customer', 31, { mainContactId: 1, companyId: 21 });
  const known = [customer, entity('contact', 1), company];
  expect(resolve(known, [ref('customer', 31)])).toMatchObject({ contacts: [1], companies: [21], customers: [31] });
});

test('fields that a mapping names twice are needed once', () => {
  const line = (amocrm: string, speechsense: string) => ({ amocrm, speechsense });
  const { mapping } = parseExportSettings({
    mapping: { deal: [line('name', 'a'), line('name', 'b'), line('cf_5', 'c')], company: [line('phone', 'd')] },
  });
  expect(neededFields(mapping)).toEqual({ deal: ['name', 'cf_5'], contact: [], company: ['phone'] });
});
