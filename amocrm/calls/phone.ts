import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

/** amoCRM's home: the country of an account that names none. */
const HOME = 'RU';

/** How a call out of a country begins in Europe and most of the world, in Russia and its neighbours, in North America. */
const DIALLED_ABROAD = /^(?:00|810|011)/;

/** What parts two numbers in one field. */
const BETWEEN_NUMBERS = /[,;|\n]|\s\/\s|\sили\s|\sor\s/iu;

const EXTENSION = /(?:доб|внутр?|вн|ext|x|х|#|\*|@)[^+]*$/iu;

/**
 * A phone as people and telephonies write it, as E.164 (`+79990000000`): the first of several. Without a plus it is
 * first a number of the account's country, as people there dial it, then an international one. Every reading has to be
 * a number that exists by its country's plan: no number is better than somebody else's.
 *
 * @param country the account's, ISO 3166-1 alpha-2; null where it names none.
 * @returns null for what is no such number: an extension, a name, a number of an unknown plan.
 */
export function toE164(phone: string, country: string | null): string | null {
  const written = phone.normalize('NFKC').replace(/\p{Cf}/gu, '');
  for (const part of written.split(BETWEEN_NUMBERS)) {
    const number = numberOf(part.replace(EXTENSION, ''), (country ?? HOME).toUpperCase());
    if (number !== null) return number;
  }
  return null;
}

function numberOf(part: string, country: string): string | null {
  const digits = part.replace(/\D/g, '');
  if (/^\D*\+/.test(part)) {
    // Some write the `8` or the bare number of their country behind a plus.
    return valid(part.slice(part.indexOf('+'))) ?? (isSupportedCountry(country) ? national(digits, country) : null);
  }
  const own = isSupportedCountry(country) ? national(digits, country) : null;
  return (
    own ?? (DIALLED_ABROAD.test(digits) ? valid(digits.replace(DIALLED_ABROAD, '+')) : null) ?? valid(`+${digits}`)
  );
}

/** With the country's own code in front, as it is dialled at home, or behind the `8` of former Soviet networks. */
function national(digits: string, country: CountryCode): string | null {
  return (
    (digits.startsWith(getCountryCallingCode(country)) ? valid(`+${digits}`) : null) ??
    valid(digits, country) ??
    (/^80\d{9}$/.test(digits) ? valid(digits.slice(1), country) : null)
  );
}

function valid(text: string, country?: CountryCode): string | null {
  const parsed = parsePhoneNumberFromString(text, { extract: false, ...(country ? { defaultCountry: country } : {}) });
  return parsed?.isValid() === true ? parsed.number : null;
}
