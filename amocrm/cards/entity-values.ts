import { customFieldText, joined } from './custom-field-text.ts';
import type { AmocrmEntity } from './entities.ts';
import { ENTITY_ROUTES } from './entities.ts';
import type { EntityType } from '../calls/call-note.ts';
import { toText } from '../http/loose-values.ts';
import { localTime } from './local-time.ts';
import { toE164 } from '../calls/phone.ts';
import type { Pipeline } from './catalogue.ts';

/** What a card's ids stand for, and where its account is. */
export interface ValueContext {
  host: string;
  timeZone: string;
  /** The account's, in which its phones are dialled; null where it names none. */
  country: string | null;
  users: ReadonlyMap<number, { name: string; group: string | null }>;
  pipelines: readonly Pipeline[];
  lossReasons: ReadonlyMap<number, string>;
  /** Names of the options of custom fields. */
  options: ReadonlyMap<number, string>;
}

type Value = (entity: AmocrmEntity, context: ValueContext) => string | null;
type CardType = Exclude<EntityType, 'customer'>;

const lead: Record<string, Value> = {
  ...shared('lead'),
  price: ({ price }) => price,
  pipeline: (entity, context) => pipelineOf(entity, context)?.name ?? null,
  status: (entity, context) =>
    pipelineOf(entity, context)?.statuses.find(({ id }) => id === entity.statusId)?.name ?? null,
  closed_at: ({ closedAt }, { timeZone }) => (closedAt ? localTime(closedAt, timeZone) : null),
  loss_reason: ({ lossReasonId }, { lossReasons }) =>
    lossReasonId === null ? null : (lossReasons.get(lossReasonId) ?? null),
};

const contact: Record<string, Value> = {
  ...shared('contact'),
  first_name: ({ firstName }) => firstName,
  last_name: ({ lastName }) => lastName,
  ...reach(),
  position: coded('POSITION'),
};

const company: Record<string, Value> = {
  ...shared('company'),
  ...reach(),
  web: coded('WEB'),
  address: coded('ADDRESS'),
};

/** The standard fields of each kind of card, by the names that a mapping gives them. */
export const STANDARD_VALUES: Record<CardType, Record<string, Value>> = { lead, contact, company };

/**
 * A field of a card as text: a standard one by its name, a custom one by `cf_<id>`. Null when the card has no such
 * value, or nobody knows the field (any more).
 */
export function fieldText(
  entityType: CardType,
  key: string,
  entity: AmocrmEntity,
  context: ValueContext,
): string | null {
  const fieldId = /^cf_(\d+)$/.exec(key)?.[1];
  if (fieldId !== undefined) {
    const field = entity.customFields.find((one) => one.fieldId === Number(fieldId));
    return field ? toText(customFieldText(field, context)) : null;
  }
  const values = STANDARD_VALUES[entityType];
  return Object.hasOwn(values, key) ? toText(values[key]?.(entity, context)) : null;
}

/** Where people see the card. */
export function cardLink(host: string, entityType: EntityType, entityId: number): string {
  return `https://${host}/${ENTITY_ROUTES[entityType]}/detail/${entityId}`;
}

function shared(entityType: CardType): Record<string, Value> {
  return {
    id: ({ entityId }) => String(entityId),
    name: ({ name }) => name,
    created_at: ({ createdAt }, { timeZone }) => (createdAt ? localTime(createdAt, timeZone) : null),
    updated_at: ({ updatedAt }, { timeZone }) => (updatedAt ? localTime(updatedAt, timeZone) : null),
    tags: ({ tags }) => joined(tags),
    responsible: (entity, context) => responsibleOf(entity, context)?.name ?? null,
    responsible_group: (entity, context) => responsibleOf(entity, context)?.group ?? null,
    card_link: ({ entityId }, { host }) => cardLink(host, entityType, entityId),
  };
}

function reach(): Record<string, Value> {
  return {
    phone: coded('PHONE'),
    phone_e164: (entity, { country }) =>
      joined(codedFields(entity, 'PHONE').flatMap(({ values }) => values.map(({ value }) => e164Of(value, country)))),
    email: coded('EMAIL'),
  };
}

/** A field that amoCRM itself put on the card, known by its code. */
function coded(code: string): Value {
  return (entity, context) => joined(codedFields(entity, code).map((field) => customFieldText(field, context)));
}

function codedFields({ customFields }: AmocrmEntity, code: string) {
  return customFields.filter((field) => field.code === code);
}

function e164Of(value: unknown, country: string | null): string | null {
  return typeof value === 'string' || typeof value === 'number' ? toE164(String(value).slice(0, 100), country) : null;
}

function pipelineOf({ pipelineId }: AmocrmEntity, { pipelines }: ValueContext): Pipeline | undefined {
  return pipelines.find(({ id }) => id === pipelineId);
}

function responsibleOf({ responsibleUserId }: AmocrmEntity, { users }: ValueContext) {
  return responsibleUserId === null ? undefined : users.get(responsibleUserId);
}
