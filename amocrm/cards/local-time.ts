import { DateTime } from 'luxon';

/** A moment in the account's time zone: ISO 8601 with its offset. */
export function localTime(moment: Date, timeZone: string): string {
  return inZone(moment, timeZone).startOf('second').toISO({ suppressMilliseconds: true }) ?? moment.toISOString();
}

/** The calendar day that the moment falls on in the account's time zone. */
export function localDay(moment: Date, timeZone: string): string {
  return inZone(moment, timeZone).toISODate() ?? moment.toISOString().slice(0, 10);
}

function inZone(moment: Date, timeZone: string): DateTime {
  const local = DateTime.fromJSDate(moment, { zone: timeZone });
  return local.isValid ? local : DateTime.fromJSDate(moment, { zone: 'utc' });
}
