import type { RecordingFormat } from '../recording-formats.ts';
import { callParams } from './call-params.ts';
import { callTimes } from './call-times.ts';
import type { Entities } from './entities.ts';
import type { EntityRef, Note, Operator, Recording, WorldCall } from './model.ts';
import type { Random } from './random.ts';
import { mobileDigits } from './russian-names.ts';
import { vendorOf } from './vendors.ts';

export interface CallsPlan {
  count: number;
  now: number;
  days: number;
  timeZone: string;
  /** Multiplies every talk, down to one second: small recordings for quick tests. */
  talkScale: number;
  formats: Partial<Record<RecordingFormat, number>>;
  operators: [Operator, ...Operator[]];
  entities: Entities;
  recordingUrl(recording: Recording): string;
}

export interface SeededCalls {
  calls: WorldCall[];
  notes: Note[];
}

/** Younger than this a link may still come; the oldest wait seen in production. */
const LINK_MAY_COME_WITHIN = 48 * 3_600;

/** The calls of the period and the notes their telephonies left. */
export function seedCalls(random: Random, plan: CallsPlan): SeededCalls {
  const seeded: SeededCalls = { calls: [], notes: [] };
  const contacts = [...plan.entities.contacts.keys()];
  const companies = [...plan.entities.companies.keys()];
  const leads = [...plan.entities.leads.keys()];
  const customers = [...plan.entities.customers.keys()];
  const formats = Object.entries(plan.formats) as [RecordingFormat, number][];
  let noteId = 42_743_871;

  function place(own: Random): EntityRef {
    const entityType = own.weighted([
      ['contacts', 85],
      ['leads', 8],
      ['companies', companies.length === 0 ? 0 : 5],
      ['customers', customers.length === 0 ? 0 : 2],
    ] as const);
    const ids = { contacts, leads, companies, customers }[entityType];
    // Some clients call far more often than others: squaring leans towards the first ones.
    const entityId = ids[Math.floor(own.next() ** 2 * ids.length)] ?? contacts[0] ?? 0;
    return { entityType: ids.length === 0 ? 'contacts' : entityType, entityId };
  }

  // Every call draws from its own sequence, so that its ids and talk are the same whenever the world is seeded.
  callTimes(random.fork('times'), plan.count, plan).forEach((startedAt, sequence) => {
    const own = random.fork(`call-${sequence}`);
    const vendor = vendorOf(own);
    const operator = own.weighted(plan.operators.map((one) => [one, one.isActive && !one.isDeleted ? 10 : 3] as const));
    const direction = own.chance(0.55) ? 'in' : 'out';
    const forced = mustMiss(sequence, plan.count);
    const missed = own.chance(direction === 'in' ? 0.14 : 0.1) && !forced;
    const talkSeconds = missed ? 0 : talk(own, plan.talkScale);
    const answeredWithoutLink = own.chance(0.015) || forced;
    const young = plan.now - startedAt < LINK_MAY_COME_WITHIN;
    const dueIn = own.int(120, 6 * 3_600);
    const linkComes = answeredWithoutLink && !missed && young && (own.chance(0.7) || forced);

    const call: WorldCall = {
      worldId: `w${sequence}`,
      uniq: own.chance(0.02) ? '' : vendor.uniq(sequence, own),
      noteIds: [],
      entities: [],
      direction,
      startedAt,
      talkSeconds,
      noteDuration: !missed && own.chance(0.005) ? null : talkSeconds,
      hasLink: !missed && !answeredWithoutLink,
      linkDueAt: linkComes ? plan.now + dueIn : null,
      operatorId: operator.id,
      format: missed ? null : own.weighted(formats),
    };
    const link = call.hasLink ? linkOf(call, plan) : null;
    const home = place(own);
    const phoneDigits = plan.entities.contacts.get(contactAt(home, plan.entities))?.phone ?? mobileDigits(own);
    const params = callParams({ call, vendor, operator, phoneDigits, link }, own);
    const postedAt = startedAt + talkSeconds + own.int(1, 40);
    // Most notes are touched again within two minutes (the link), some hours later (a result written in).
    const touchedAt = Math.min(plan.now, postedAt + (own.chance(0.05) ? own.int(600, 36_000) : own.int(0, 115)));
    const createdBy = own.weighted([[operator.id, 70], [plan.operators[0].id, 20], [0, 10]] as const); // prettier-ignore

    // A note may belong to the card's owner; who talked is then only in the params.
    const owned = names(params, operator) && own.chance(0.1);
    const responsibleUserId = owned ? own.pick(plan.operators).id : operator.id;

    for (const [nth, entity] of copies(home, call, own, plan.entities).entries()) {
      const note: Note = {
        ...entity,
        id: noteId,
        noteType: `call_${direction}`,
        createdBy,
        createdAt: startedAt + nth,
        updatedAt: touchedAt,
        postedAt,
        responsibleUserId,
        params,
      };
      noteId += own.pick([2, 2, 4]);
      call.noteIds.push(note.id);
      if (!call.entities.some((one) => one.entityId === entity.entityId)) call.entities.push(entity);
      seeded.notes.push(note);
    }
    if (own.chance(0.1)) {
      seeded.notes.push({ ...comment(home, noteId, operator.id), createdAt: postedAt, updatedAt: postedAt, postedAt });
      noteId += 2;
    }
    seeded.calls.push(call);
  });
  return seeded;
}

/** The link of a call's recording at the telephony server; undefined for a missed call. */
export function linkOf(call: WorldCall, plan: Pick<CallsPlan, 'recordingUrl'>): string | null {
  if (call.format === null) return null;
  return plan.recordingUrl({ worldId: call.worldId, format: call.format, talkSeconds: call.talkSeconds });
}

/** Seconds of talk: median two minutes, a long tail, between 15 s and 12 min before scaling. */
function talk(random: Random, scale: number): number {
  const seconds = Math.min(720, Math.max(15, 120 * Math.exp(random.normal() * 0.9)));
  return Math.max(1, Math.round(seconds * scale));
}

/** Even a small world has an old call without a recording and a young one. */
function mustMiss(sequence: number, count: number): boolean {
  return count >= 50 && (sequence === Math.floor(count / 3) || sequence === count - 5);
}

/** Where the call is noted: at home, one in ten on the contact's deal too, a few twice because the vendor sent it twice. */
function copies(home: EntityRef, call: WorldCall, random: Random, entities: Entities): EntityRef[] {
  const alsoOnLead = random.chance(0.1);
  const sentTwice = random.chance(0.005);
  // Copies without an id and without a link could not be told from two calls by anybody.
  if (call.uniq === '' && !call.hasLink) return [home];
  const [leadId] = home.entityType === 'contacts' ? (entities.contacts.get(home.entityId)?.leadIds ?? []) : [];
  if (alsoOnLead && leadId !== undefined) return [home, { entityType: 'leads', entityId: leadId }];
  return sentTwice ? [home, home] : [home];
}

/** Whether the params alone tell the operator, by an id or a name that is in the list of users. */
function names(params: unknown, operator: Operator): boolean {
  if (operator.isDeleted || typeof params !== 'object' || params === null || !('call_responsible' in params))
    return false;
  return params.call_responsible === operator.id || params.call_responsible === operator.name;
}

function contactAt(home: EntityRef, entities: Entities): number {
  switch (home.entityType) {
    case 'contacts':
      return home.entityId;
    case 'leads':
      return entities.leads.get(home.entityId)?.contactIds[0] ?? 0;
    case 'companies':
      return entities.companies.get(home.entityId)?.contactIds[0] ?? 0;
    case 'customers':
      return entities.customers.get(home.entityId)?.contactIds[0] ?? 0;
  }
}

function comment(home: EntityRef, id: number, operatorId: number) {
  return { ...home, id, noteType: 'common', createdBy: operatorId, responsibleUserId: operatorId, params: { text: 'Договорились созвониться' } }; // prettier-ignore
}
