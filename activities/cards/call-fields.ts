import { callText } from '../../amocrm/calls/call-values.ts';
import type { Entity } from '../../ledger/calls/entities.ts';
import type { CallToSend } from '../../ledger/exports/transfers.ts';
import { CARD_BLOCKS } from '../../settings/card-fields.ts';
import type { CallEntities } from './call-entities.ts';

/** What the settings map, by SpeechSense key. */
export function mappedFields(call: CallToSend, entities: CallEntities): Record<string, string | undefined> {
  const { mapping } = call.settings;
  const cards = { deal: entities.deals, contact: entities.contacts, company: entities.companies };
  return Object.fromEntries([
    ...CARD_BLOCKS.flatMap((block) =>
      mapping[block].map(({ amocrm, speechsense }) => [speechsense, cardValue(cards[block], amocrm)] as const),
    ),
    ...mapping.call.map(({ amocrm, speechsense }) => [speechsense, callText(amocrm, call) ?? undefined] as const),
  ]);
}

/** What the cards say, one after another: a call that hangs on two deals has both. */
function cardValue(cards: readonly Entity[], key: string): string | undefined {
  const said = new Set(cards.flatMap(({ fields }) => (Object.hasOwn(fields, key) ? (fields[key] ?? []) : [])));
  return said.size === 0 ? undefined : [...said].join(', ');
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
