import type { Entity } from '../ledger/entities.ts';
import type { CallToSend } from '../ledger/transfers.ts';

const CARD_ROUTES = { lead: 'leads', contact: 'contacts', company: 'companies', customer: 'customers' } as const;

/** The call's own fields that a mapping can name, as the text that SpeechSense gets; undefined where it has none. */
const CALL_FIELDS: Record<string, (call: CallToSend) => string | number | null> = {
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

/** The names of {@link CALL_FIELDS}, for checks and lists. */
export const CALL_FIELD_NAMES = Object.keys(CALL_FIELDS);

/** What the settings map, by SpeechSense key. */
export function mappedFields(call: CallToSend): Record<string, string | undefined> {
  return Object.fromEntries(
    call.settings.mapping.call.map(({ amocrm, speechsense }) => {
      const value = CALL_FIELDS[amocrm]?.(call) ?? null;
      return [speechsense, value === null ? undefined : String(value)];
    }),
  );
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
