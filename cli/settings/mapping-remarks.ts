import type { Sentence } from '../../errors/codes.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Mapping } from '../../settings/mapping.ts';
import { type MissingField, missingFields, NOT_ASKED } from '../../client/connections/mapping-check.ts';
import type { CommandContext } from '../command.ts';

/** What of the mapping can bring nothing; that amoCRM does not answer now is only a remark. */
export async function mappingRemarks(
  { services, output }: CommandContext,
  account: Account,
  mapping: Mapping,
): Promise<Sentence[]> {
  const missing = await missingFields(await services.access(), account, mapping);
  if (!missing) output.remark(NOT_ASKED);
  return missing?.map(sentenceOf) ?? [];
}

function sentenceOf({ block, amocrm, speechsense }: MissingField): Sentence {
  return {
    en: `mapping.${block}: the account has no field ${amocrm} (any more), so ${speechsense} stays empty. \`fields\` lists those it has.`,
    ru: `mapping.${block}: поля ${amocrm} в аккаунте нет (или уже нет), ключ ${speechsense} останется пустым. Список полей: \`fields\`.`,
  };
}
