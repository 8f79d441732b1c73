import type { Sentence } from '../../errors/codes.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts.ts';
import type { Mapping } from '../../settings/mapping.ts';
import { missingFields, missingFieldSentence } from '../mapping-check.ts';
import type { CommandContext } from './command.ts';

/** Settings must be shown and stored without amoCRM too. */
const PATIENCE_MS = 5_000;

/** What of the mapping can bring nothing; that amoCRM does not answer now is only a remark. */
export async function mappingWarnings(
  { services, output }: CommandContext,
  account: Account,
  mapping: Mapping,
): Promise<Sentence[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return (await missingFields(services.access, account, mapping, signal)).map(missingFieldSentence);
  } catch (error) {
    if (!signal.aborted && !findExportError(error)?.code.startsWith('amocrm_')) throw error;
    output.remark({
      en: 'amoCRM could not be asked now whether the mapped fields are still there.',
      ru: 'Сейчас не удалось спросить amoCRM, есть ли ещё поля из соответствий.',
    });
    return [];
  }
}
