import type { Locale } from '../text/dictionary.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A calendar day as it is typed and shown in a field: `22.11.2026`, in English `2026-11-22`. */
export function writeDay(isoDay: string, locale: Locale): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(isoDay) ?? [];
  return locale === 'ru' && year !== undefined ? `${day}.${month}.${year}` : isoDay;
}

/**
 * What somebody typed as an ISO day: day, month, year in either language, the ISO form itself, or an English month's
 * name. Slashes are read in Russian only: in English they leave open which number is the day.
 *
 * @returns null for what is no day of the calendar.
 */
export function readDay(text: string, locale: Locale): string | null {
  const typed = text.trim().toLowerCase();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (iso) return calendarDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const separators =
    locale === 'ru' ? /^(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})$/ : /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$/;
  const numbers = separators.exec(typed);
  if (numbers) return calendarDay(fullYear(numbers[3] ?? ''), Number(numbers[2]), Number(numbers[1]));
  const named = /^(\d{1,2}) ([a-z]{3})[a-z]* (\d{4}|\d{2})$/.exec(typed);
  if (named) return calendarDay(fullYear(named[3] ?? ''), MONTHS.indexOf(named[2] ?? '') + 1, Number(named[1]));
  return null;
}

export function isDay(text: string): boolean {
  return readDay(text, 'en') === text;
}

function fullYear(digits: string): number {
  return digits.length === 2 ? 2000 + Number(digits) : Number(digits);
}

function calendarDay(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : null;
}
