import type { Entity } from '../ledger/entities.ts';
import type { CallToSend } from '../ledger/transfers.ts';
import type { CallFieldName } from '../settings/call-fields.ts';

const CARD_ROUTES = { lead: 'leads', contact: 'contacts', company: 'companies', customer: 'customers' } as const;

/** The value of each field that a mapping's call block can name; null where the call has none. */
const VALUES: Record<CallFieldName, (call: CallToSend) => string | number | null> = {
  id: ({ noteId }) => noteId,
  uniq: ({ uniq }) => uniq,
  source: ({ source }) => source,
  duration: ({ talkSeconds }) => talkSeconds,
  phone: ({ phone }) => phone,
  result: ({ result }) => result,
  status: ({ status }) => status,
  entity_type: ({ entityType }) => entityType,
  entity_id: ({ entityId }) => entityId,
  card_link: ({ host, entityType, entityId }) => `https://${host}/${CARD_ROUTES[entityType]}/detail/${entityId}`,
};

/** What the settings map, by SpeechSense key. */
export function mappedFields(call: CallToSend): Record<string, string | undefined> {
  return Object.fromEntries(
    call.settings.mapping.call.map(({ amocrm, speechsense }) => {
      const value = isCallField(amocrm) ? VALUES[amocrm](call) : null;
      return [speechsense, value === null ? undefined : String(value)];
    }),
  );
}

function isCallField(name: string): name is CallFieldName {
  return Object.hasOwn(VALUES, name);
}

/** Whom a client is taken from, the first that there is. */
const CLIENT_ORDER = ['contact', 'company', 'customer', 'lead'] as const;

/**
 * The client of a call: its contact (its lead's main contact included), else its company, customer or lead. One
 * without a name is called by the phone of the call.
 */
export function clientOf(call: CallToSend, entities: readonly Entity[]): { id: string; name: string } {
  const known = CLIENT_ORDER.map((type) => entities.find(({ entityType }) => entityType === type)).find(Boolean);
  return {
    id: String(known?.entityId ?? call.entityId),
    name: known?.name ?? call.phone ?? '',
  };
}
