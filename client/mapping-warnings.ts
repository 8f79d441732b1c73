import type { Sentence } from '../errors/codes.ts';
import { findExportError } from '../errors/export-error.ts';
import type { Account } from '../ledger/accounts.ts';
import type { Mapping } from '../settings/mapping.ts';
import type { AccountAccess } from './account-access.ts';
import { missingFields, missingFieldSentence } from './mapping-check.ts';

/** Settings must be shown and stored without amoCRM too. */
const PATIENCE_MS = 5_000;

/** What of the mapping can bring nothing; null when amoCRM could not be asked now: {@link NOT_ASKED}. */
export async function mappingWarnings(
  access: AccountAccess,
  account: Account,
  mapping: Mapping,
): Promise<Sentence[] | null> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return (await missingFields(access, account, mapping, signal)).map(missingFieldSentence);
  } catch (error) {
    if (!signal.aborted && !findExportError(error)?.code.startsWith('amocrm_')) throw error;
    return null;
  }
}

export const NOT_ASKED: Sentence = {
  en: 'amoCRM could not be asked now whether the mapped fields are still there.',
  ru: 'Сейчас не удалось спросить amoCRM, есть ли ещё поля из соответствий.',
};
