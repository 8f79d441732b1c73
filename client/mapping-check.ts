import { readCustomFields } from '../amocrm/catalogue.ts';
import type { Sentence } from '../errors/codes.ts';
import type { Account } from '../ledger/accounts.ts';
import { CARD_BLOCKS, type CardBlock, customFieldId } from '../settings/card-fields.ts';
import type { Mapping } from '../settings/mapping.ts';
import { type AccountAccess, amocrmOf } from './account-access.ts';
import { CARD_OF_BLOCK } from './field-catalogue.ts';

/** A line of a mapping whose custom field the account does not have (any more): its key stays empty. */
export interface MissingField {
  block: CardBlock;
  amocrm: string;
  speechsense: string;
}

/**
 * The lines of a mapping that can bring nothing. One request to amoCRM for each block that names custom fields, none
 * where no block does.
 *
 * @throws {ExportError} `amocrm_…`; the signal's own error when it is aborted.
 */
export async function missingFields(
  access: AccountAccess,
  account: Account,
  mapping: Mapping,
  signal?: AbortSignal,
): Promise<MissingField[]> {
  const http = amocrmOf(access, account, signal);
  const missing: MissingField[] = [];
  for (const block of CARD_BLOCKS) {
    const custom = mapping[block].filter(({ amocrm }) => customFieldId(amocrm) !== undefined);
    if (custom.length === 0) continue;
    const known = new Set((await readCustomFields(http, CARD_OF_BLOCK[block])).map(({ id }) => id));
    const gone = custom.filter(({ amocrm }) => !known.has(customFieldId(amocrm) ?? 0));
    missing.push(...gone.map((line) => ({ block, ...line })));
  }
  return missing;
}

export function missingFieldSentence({ block, amocrm, speechsense }: MissingField): Sentence {
  return {
    en: `mapping.${block}: the account has no field ${amocrm} (any more), so ${speechsense} stays empty. \`fields\` lists those it has.`,
    ru: `mapping.${block}: поля ${amocrm} в аккаунте нет (или уже нет), ключ ${speechsense} останется пустым. Список полей: \`fields\`.`,
  };
}
