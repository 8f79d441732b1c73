import type { Sentence } from '../../errors/codes.ts';
import type { Tariff } from '../../settings/tariff.ts';

/** What a price by this tariff is worth: what it is by, and what it does not know; or how to get one. */
export function priceSentences(roubles: number | null, { date, source }: Tariff, file: string): Sentence[] {
  if (roubles === null) {
    return [
      {
        en: `The price is not known: fill in the date and the prices of ${file} from ${source}, or name another file in TARIFF_FILE.`,
        ru: `Цена неизвестна: впишите дату и цены в ${file} по странице ${source} или укажите другой файл в TARIFF_FILE.`,
      },
    ];
  }
  return [
    {
      en: `The price is by the tariff of ${date ?? ''} in ${file}, as if nothing else were uploaded this month. A mono recording is reckoned as two-channel, as Yandex does.`,
      ru: `Цена рассчитана по тарифу от ${date ?? ''} из ${file}, как если бы в этом месяце больше ничего не загружалось. Одноканальная запись считается как двухканальная, так делает и Яндекс.`,
    },
    {
      en: 'Not known: how short calls are rounded, how much of this month’s tier is used up, and how long the calls are whose length amoCRM does not tell.',
      ru: 'Неизвестно: как округляются короткие звонки, сколько минут тарифа в этом месяце уже израсходовано и сколько длятся звонки без длительности в amoCRM.',
    },
  ];
}

/** A price by the account's own setting. */
export function ownPriceSentence({ roublesPerMinute, date }: { roublesPerMinute: number; date: string }): Sentence {
  return {
    en: `The price is by ${roublesPerMinute} ₽ a minute, as entered on ${date}.`,
    ru: `Стоимость рассчитана по цене ${String(roublesPerMinute).replace('.', ',')} ₽ за минуту, введённой ${date}.`,
  };
}
