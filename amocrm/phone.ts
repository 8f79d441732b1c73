import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** amoCRM is at home where `8 999…` and `+7 999…` are one number: Russia, and Kazakhstan beside it. */
const HOME = 'RU';

/**
 * A phone as people and telephonies write it, as E.164 (`+79990000000`).
 *
 * @returns null for what is no possible number, such as an extension or a name.
 */
export function toE164(phone: string): string | null {
  const parsed = parsePhoneNumberFromString(phone, HOME);
  return parsed?.isPossible() === true ? parsed.number : null;
}
