import { type Dictionary, fill, type Locale, type Plural } from './dictionary.ts';

/** Spans below are given to the second: of a single call the seconds count. */
const EXACT_SECONDS = 10 * 60;
/** Spans from here on are given in whole hours. */
const LONG_MINUTES = 100 * 60;

/** Numbers, spans and times as the page writes them. */
export interface Formats {
  number: (value: number) => string;
  /** `{n}` of the right plural form. */
  plural: (forms: Plural, count: number) => string;
  /** A span: `2 ч 5 мин`, `1 мин 15 с`, `40 с`. */
  span: (seconds: number) => string;
  /** An instant on the clock of the account. */
  moment: (iso: string) => string;
  /** A calendar day, `2026-11-22`. */
  day: (isoDay: string) => string;
}

/**
 * @param timeZone of the account: an IANA name or an offset such as `UTC+3`; the browser's own where that is no zone
 * that it knows.
 */
export function createFormats(locale: Locale, { units }: Dictionary, timeZone: string | undefined): Formats {
  const numbers = new Intl.NumberFormat(locale);
  const plurals = new Intl.PluralRules(locale);
  const moments = momentFormat(locale, timeZone);
  const days = new Intl.DateTimeFormat(...dateForm(locale, { timeZone: 'UTC' }));
  return {
    number: (value) => numbers.format(value),
    plural: (forms, count) => {
      const form = plurals.select(count);
      const text = form === 'one' || form === 'few' || form === 'many' ? forms[form] : forms.other;
      return fill(text, { n: numbers.format(count) });
    },
    span: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return `${whole} ${units.seconds}`;
      if (whole < EXACT_SECONDS && whole % 60 > 0) {
        return `${Math.floor(whole / 60)} ${units.minutes} ${whole % 60} ${units.seconds}`;
      }
      const minutes = Math.round(whole / 60);
      if (minutes < 60) return `${minutes} ${units.minutes}`;
      const hours = `${numbers.format(Math.floor(minutes / 60))} ${units.hours}`;
      return minutes < LONG_MINUTES ? `${hours} ${minutes % 60} ${units.minutes}` : hours;
    },
    moment: (iso) => {
      const date = new Date(iso);
      return Number.isNaN(date.getTime()) ? iso : moments.format(date);
    },
    day: (isoDay) => {
      const date = new Date(`${isoDay}T00:00:00Z`);
      return Number.isNaN(date.getTime()) ? isoDay : days.format(date);
    },
  };
}

function momentFormat(locale: Locale, timeZone: string | undefined): Intl.DateTimeFormat {
  const options = { timeStyle: 'short' } as const;
  try {
    return new Intl.DateTimeFormat(...dateForm(locale, { ...options, timeZone: intlTimeZone(timeZone) }));
  } catch {
    return new Intl.DateTimeFormat(...dateForm(locale, options));
  }
}

/** In English the month is spelled: whether 11/10 is October or November depends on where one reads it. */
function dateForm(
  locale: Locale,
  options: Intl.DateTimeFormatOptions,
): [language: string, options: Intl.DateTimeFormatOptions] {
  return locale === 'en'
    ? ['en-GB', { dateStyle: 'medium', ...options }]
    : [locale, { dateStyle: 'short', ...options }];
}

/** amoCRM names some zones as `UTC+3`. Every browser knows that as `Etc/GMT-3`, with the sign the other way round. */
export function intlTimeZone(timeZone: string | undefined): string | undefined {
  const offset = /^UTC([+-])(\d{1,2})(?::?00)?$/.exec(timeZone ?? '');
  return offset ? `Etc/GMT${offset[1] === '+' ? '-' : '+'}${Number(offset[2])}` : timeZone;
}
