import { DateTime } from 'luxon';
import { type ExportSettings, SettingsInvalid } from './export-settings.ts';

/** A stretch of time: from its first instant up to, but without, its end. Both are instants, in UTC. */
export interface Interval {
  from: Date;
  until: Date;
}

export interface Period {
  from: string;
  to: string;
}

/** How many days an export without a period covers, today included. */
const DEFAULT_DAYS = 7;

/** The period of the settings, or, where they leave it open, the last seven days of the account's calendar. */
export function effectivePeriod(settings: ExportSettings, timeZone: string, now: Date): Period {
  if (settings.period) return settings.period;
  const today = DateTime.fromJSDate(now, { zone: timeZone });
  return { from: isoDay(today.minus({ days: DEFAULT_DAYS - 1 })), to: isoDay(today) };
}

/**
 * The instants of a period whose two days are both included, in the account's time zone. A day is as long as that
 * zone's calendar makes it: 23 or 25 hours where the clocks change.
 *
 * @param timeZone IANA name (`Europe/Moscow`) or offset (`UTC+3`), as amoCRM's account names it.
 * @throws {SettingsInvalid} when the period lies wholly in the future.
 */
export function periodInterval(period: Period, timeZone: string, now: Date): Interval {
  const from = DateTime.fromISO(period.from, { zone: timeZone }).startOf('day');
  const until = DateTime.fromISO(period.to, { zone: timeZone }).plus({ days: 1 }).startOf('day');
  if (from.toMillis() > now.getTime()) {
    throw new SettingsInvalid([
      {
        field: 'period.from',
        message: { en: `${period.from} is in the future`, ru: `${period.from} ещё не наступило` },
      },
    ]);
  }
  return { from: from.toJSDate(), until: until.toJSDate() };
}

function isoDay(day: DateTime): string {
  return day.toFormat('yyyy-MM-dd');
}
