import type { Entities } from './entities.ts';
import type { Contact, Lead, Operator, Recording } from './model.ts';
import { PIPELINES } from './pipelines.ts';
import type { Random } from './random.ts';
import { mobileDigits } from './russian-names.ts';

/** A request that nobody has sorted into the pipeline yet: until then its call is on no card as a note. */
export interface Unsorted {
  uid: string;
  category: 'sip' | 'forms';
  sourceUid: string | null;
  sourceName: string;
  pipelineId: number;
  createdAt: number;
  /** As the API shows it. */
  metadata: Record<string, unknown>;
  /** Whether accepting it leaves the call on the card. */
  callWanted: boolean;
  contactId: number;
  leadId: number;
}

export interface UnsortedPlan {
  count: number;
  now: number;
  entities: Entities;
  operators: [Operator, ...Operator[]];
  recordingUrl(recording: Recording): string;
}

/** So many calls of unknown numbers, each with the contact and lead that amoCRM made for it, and one form among them. */
export function seedUnsorted(random: Random, plan: UnsortedPlan): Unsorted[] {
  return Array.from({ length: plan.count }, (_, nth) => {
    const own = random.fork(`unsorted-${nth}`);
    const digits = mobileDigits(own);
    const calledAt = plan.now - own.int(3_600, 20 * 86_400);
    const talkSeconds = own.chance(0.4) ? 0 : own.int(10, 90);
    const createdAt = calledAt + talkSeconds + 20;
    const cards = addCards(plan.entities, { name: `Входящий звонок +7${digits}`, digits, at: createdAt, owner: plan.operators[0] }); // prettier-ignore
    const link = talkSeconds === 0 ? null : plan.recordingUrl({ worldId: `u${nth}`, format: 'mp3', talkSeconds });
    const form = nth === 1;
    return {
      uid: own.hex(60),
      category: form ? 'forms' : 'sip',
      sourceUid: null,
      sourceName: form ? 'Сайт' : 'UIS',
      pipelineId: PIPELINES[0].id,
      createdAt,
      // The number as a number and the duration as a string: so a live account answers.
      metadata: form
        ? formMetadata(own, createdAt)
        : {
            from: `7${digits}`,
            phone: Number(`7${digits}`),
            called_at: calledAt,
            duration: String(talkSeconds),
            link,
            service_code: 'uis_widget',
            ...(own.chance(0.5) ? { uniq: own.uuid() } : {}),
          },
      callWanted: !form,
      ...cards,
    };
  });
}

export interface CallerCards {
  name: string;
  /** Ten digits. */
  digits: string;
  at: number;
  owner: Operator;
}

/** The contact and the lead, in the pipeline's first column, that an unknown caller gets. */
export function addCards(entities: Entities, caller: CallerCards): { contactId: number; leadId: number } {
  const { name, digits, at, owner } = caller;
  const card = { name, responsibleUserId: owner.id, createdBy: 0, createdAt: at, updatedAt: at, tags: [] };
  const contact: Contact = {
    ...card,
    id: nextId(entities.contacts),
    firstName: '',
    lastName: '',
    phone: digits,
    companyId: null,
    leadIds: [],
    customerIds: [],
    customFields: null,
  };
  const lead: Lead = {
    ...card,
    id: nextId(entities.leads),
    price: 0,
    pipelineId: PIPELINES[0].id,
    statusId: PIPELINES[0].statuses.find((status) => status.type === 1)?.id ?? 0,
    lossReasonId: null,
    closedAt: null,
    contactIds: [contact.id],
    companyId: null,
    customFields: null,
  };
  contact.leadIds.push(lead.id);
  entities.contacts.set(contact.id, contact);
  entities.leads.set(lead.id, lead);
  return { contactId: contact.id, leadId: lead.id };
}

function nextId(cards: ReadonlyMap<number, unknown>): number {
  let last = 10_000_000;
  for (const id of cards.keys()) last = Math.max(last, id);
  return last + 4;
}

function formMetadata(random: Random, sentAt: number): Record<string, unknown> {
  return {
    form_id: random.hex(8),
    form_name: 'Обратная связь',
    form_page: 'https://company.example/form',
    ip: '192.0.2.7',
    form_sent_at: String(sentAt),
    referer: 'https://search.example/',
    visitor_uid: null,
  };
}
