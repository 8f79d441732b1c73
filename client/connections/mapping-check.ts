import { readCustomFields } from '../../amocrm/cards/catalogue.ts';
import type { Sentence } from '../../errors/codes.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import { CARD_BLOCKS, type CardBlock, customFieldId } from '../../settings/card-fields.ts';
import type { Mapping } from '../../settings/mapping.ts';
import { type AccountAccess, amocrmOf } from '../accounts/account-access.ts';
import { CARD_OF_BLOCK } from './field-catalogue.ts';

/** A line of a mapping whose custom field the account does not have (any more): its key stays empty. */
export interface MissingField {
  block: CardBlock;
  amocrm: string;
  speechsense: string;
}

/** Settings must be shown and stored without amoCRM too. */
const PATIENCE_MS = 5_000;

/**
 * The lines of a mapping that can bring nothing. One request to amoCRM for each block that names custom fields, none
 * where no block does.
 *
 * @returns null when amoCRM could not be asked now: {@link NOT_ASKED}.
 */
export async function missingFields(
  access: AccountAccess,
  account: Account,
  mapping: Mapping,
): Promise<MissingField[] | null> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await readMissing(access, account, mapping, signal);
  } catch (error) {
    if (!signal.aborted && !findExportError(error)?.code.startsWith('amocrm_')) throw error;
    return null;
  }
}

export const NOT_ASKED: Sentence = {
  en: 'amoCRM could not be asked now whether the mapped fields are still there.',
  ru: 'Сейчас не удалось спросить amoCRM, есть ли ещё поля из соответствий.',
};

async function readMissing(
  access: AccountAccess,
  account: Account,
  mapping: Mapping,
  signal: AbortSignal,
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
