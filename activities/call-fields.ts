import { cardLink } from '../amocrm/entity-values.ts';
import { localTime } from '../amocrm/local-time.ts';
import { toE164 } from '../amocrm/phone.ts';
import type { Entity } from '../ledger/entities.ts';
import type { CallToSend } from '../ledger/transfers.ts';
import type { CallFieldName } from '../settings/call-fields.ts';
import { CARD_BLOCKS } from '../settings/card-fields.ts';
import type { CallEntities } from './call-entities.ts';

/** The value of each field that a mapping's call block can name; null where the call has none. */
const VALUES: Record<CallFieldName, (call: CallToSend) => string | number | null> = {
  id: ({ noteId }) => noteId,
  uniq: ({ uniq }) => uniq,
  source: ({ source }) => source,
  created_at: ({ startedAt, timeZone }) => localTime(startedAt, timeZone),
  direction: ({ direction }) => direction,
  duration: ({ talkSeconds }) => talkSeconds,
  phone: ({ phone }) => phone,
  phone_e164: ({ phone }) => (phone === null ? null : toE164(phone)),
  result: ({ result }) => result,
  status: ({ status }) => status,
  status_name: ({ status }) => (status === null ? null : (STATUS_NAMES[status] ?? null)),
  operator: ({ operatorName }) => operatorName,
  operator_id: ({ operatorId }) => operatorId,
  operator_group: ({ operatorGroup }) => operatorGroup,
  entity_type: ({ entityType }) => entityType,
  entity_id: ({ entityId }) => entityId,
  card_link: ({ host, entityType, entityId }) => cardLink(host, entityType, entityId),
};

/** amoCRM's `call_status`, as its cards name them. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  1: 'Оставил сообщение',
  2: 'Перезвонить позже',
  3: 'Нет на месте',
  4: 'Разговор состоялся',
  5: 'Неверный номер',
  6: 'Не дозвонился',
  7: 'Номер занят',
};

/** What the settings map, by SpeechSense key. */
export function mappedFields(call: CallToSend, entities: CallEntities): Record<string, string | undefined> {
  const { mapping } = call.settings;
  const cards = { deal: entities.deals, contact: entities.contacts, company: entities.companies };
  return Object.fromEntries([
    ...CARD_BLOCKS.flatMap((block) =>
      mapping[block].map(({ amocrm, speechsense }) => [speechsense, cardValue(cards[block], amocrm)] as const),
    ),
    ...mapping.call.map(({ amocrm, speechsense }) => {
      const value = isCallField(amocrm) ? VALUES[amocrm](call) : null;
      return [speechsense, value === null ? undefined : String(value)] as const;
    }),
  ]);
}

/** What the cards say, one after another: a call that hangs on two deals has both. */
function cardValue(cards: readonly Entity[], key: string): string | undefined {
  const said = new Set(cards.flatMap(({ fields }) => (Object.hasOwn(fields, key) ? (fields[key] ?? []) : [])));
  return said.size === 0 ? undefined : [...said].join(', ');
}

function isCallField(name: string): name is CallFieldName {
  return Object.hasOwn(VALUES, name);
}

/**
 * The client of a call: its contact (its lead's main contact included), else its company, customer or lead. One
 * without a name is called by the phone of the call.
 */
export function clientOf(
  call: CallToSend,
  { contacts, companies, customers, deals }: CallEntities,
): { id: string; name: string } {
  const [known] = [...contacts, ...companies, ...customers, ...deals];
  return {
    id: String(known?.entityId ?? call.entityId),
    name: known?.name ?? call.phone ?? '',
  };
}
