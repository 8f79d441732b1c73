import type { AccountAccess } from '../../client/accounts/account-access.ts';
import { type MissingField, missingFields, NOT_ASKED } from '../../client/connections/mapping-check.ts';
import type { Sentence } from '../../errors/codes.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Mapping } from '../../settings/mapping.ts';

/** What of a mapping can bring nothing, as the settings page says it. */
export async function mappingWarnings(access: AccountAccess, account: Account, mapping: Mapping): Promise<Sentence[]> {
  return (await missingFields(access, account, mapping))?.map(sentenceOf) ?? [NOT_ASKED];
}

const BLOCKS = {
  deal: { en: 'Deal', ru: 'Сделка' },
  contact: { en: 'Contact', ru: 'Контакт' },
  company: { en: 'Company', ru: 'Компания' },
};

function sentenceOf({ block, amocrm, speechsense }: MissingField): Sentence {
  const { en, ru } = BLOCKS[block];
  return {
    en: `${en}: amoCRM has no field ${amocrm} (any more), so the key ${speechsense} stays empty. Choose another field or remove the line.`,
    ru: `${ru}: поля ${amocrm} в amoCRM нет (или уже нет), ключ ${speechsense} останется пустым. Выберите другое поле или удалите строку.`,
  };
}
