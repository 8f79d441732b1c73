import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { effectivePeriod, periodInterval } from '../../settings/period.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;
const day = (on: string, timeZone: string) => periodInterval({ from: on, to: on }, timeZone, NOW);
const hours = (on: string, timeZone: string) => {
  const { from, until } = day(on, timeZone);
  return (until.getTime() - from.getTime()) / HOUR;
};

describe('a period includes both of its days, as the account’s clocks count them', () => {
  test('from the first midnight up to the one after the last day', () => {
    expect(periodInterval({ from: '2026-11-01', to: '2026-11-03' }, 'Europe/Moscow', NOW)).toEqual({
      from: new Date('2026-11-01T00:00:00+03:00'),
      until: new Date('2026-11-04T00:00:00+03:00'),
    });
  });

  test.each<[string, string, string, string]>([
    ['half an hour', 'Asia/Kolkata', '2026-11-01T00:00:00+05:30', '2026-11-02T00:00:00+05:30'],
    ['three quarters', 'Asia/Kathmandu', '2026-11-01T00:00:00+05:45', '2026-11-02T00:00:00+05:45'],
    ['a plain offset', 'UTC+3', '2026-11-01T00:00:00+03:00', '2026-11-02T00:00:00+03:00'],
    ['an offset with minutes', 'UTC+5:30', '2026-11-01T00:00:00+05:30', '2026-11-02T00:00:00+05:30'],
    ['an offset to the west', 'UTC-8', '2026-11-01T00:00:00-08:00', '2026-11-02T00:00:00-08:00'],
    ['no offset', 'UTC', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'],
    ['the date line', 'Pacific/Kiritimati', '2026-11-01T00:00:00+14:00', '2026-11-02T00:00:00+14:00'],
  ])('in a zone with %s (%s)', (_, zone, from, until) => {
    expect(day('2026-11-01', zone)).toEqual({ from: new Date(from), until: new Date(until) });
  });

  test.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['Europe/Berlin', '2026-10-24', 24],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    // The clocks go from 23:59 to 01:00: that day has no midnight.
    ['America/Santiago', '2026-09-06', 23],
    ['Europe/Moscow', '2026-03-29', 24],
  ])('%s on %s has %d hours', (zone, on, length) => {
    expect(hours(on, zone)).toBe(length);
  });

  test('a period over a change of clocks begins and ends at local midnights', () => {
    expect(periodInterval({ from: '2026-03-28', to: '2026-03-30' }, 'Europe/Berlin', NOW)).toEqual({
      from: new Date('2026-03-28T00:00:00+01:00'),
      until: new Date('2026-03-31T00:00:00+02:00'),
    });
  });

  test('days adjoin without a gap or an overlap, in every zone, on every day', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const aDay = fc.integer({ min: 0, max: 365 * 4 }).map((n) => new Date(Date.UTC(2022, 6, 1) + n * 24 * HOUR));
    const iso = (date: Date) => date.toISOString().slice(0, 10);
    fc.assert(
      fc.property(fc.constantFrom(...zones), aDay, (zone, date) => {
        const next = new Date(date.getTime() + 24 * HOUR);
        expect(day(iso(date), zone).until).toEqual(day(iso(next), zone).from);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a period in the future', () => {
  test('is refused by its first day, however the world’s other zones see it', () => {
    // 12:00 in UTC is already the 23rd in Kiritimati, and still the 22nd in Moscow.
    expect(() => day('2026-11-23', 'Europe/Moscow')).toThrow(
      expect.objectContaining({ code: 'settings_invalid', field: 'period.from' }),
    );
    expect(day('2026-11-23', 'Pacific/Kiritimati').from).toEqual(new Date('2026-11-22T10:00:00Z'));
  });

  test('may reach beyond today, when it has begun', () => {
    expect(periodInterval({ from: '2026-11-22', to: '2026-12-31' }, 'UTC', NOW).until).toEqual(
      new Date('2027-01-01T00:00:00Z'),
    );
  });

  test('may begin this very moment', () => {
    const midnight = new Date('2026-11-22T21:00:00Z');
    expect(periodInterval({ from: '2026-11-23', to: '2026-11-23' }, 'Europe/Moscow', midnight).from).toEqual(midnight);
  });
});

describe('settings without a period', () => {
  const open = parseExportSettings({});

  test.each([
    ['a second before midnight in Moscow', '2026-11-22T20:59:59Z', 'Europe/Moscow', '2026-11-16', '2026-11-22'],
    ['at midnight in Moscow', '2026-11-22T21:00:00Z', 'Europe/Moscow', '2026-11-17', '2026-11-23'],
    ['when it is still yesterday in New York', '2026-11-22T04:59:59Z', 'America/New_York', '2026-11-15', '2026-11-21'],
    ['over a change of clocks', '2026-10-28T12:00:00Z', 'Europe/Berlin', '2026-10-22', '2026-10-28'],
    ['over a new year', '2027-01-03T12:00:00Z', 'UTC+3', '2026-12-28', '2027-01-03'],
  ])('mean the last seven days with today: %s', (_, now, zone, from, to) => {
    expect(effectivePeriod(open, zone, new Date(now))).toEqual({ from, to });
  });

  test('a period that is given is left as it is', () => {
    const period = { from: '2026-01-01', to: '2026-01-02' };
    expect(effectivePeriod(parseExportSettings({ period }), 'UTC', NOW)).toEqual(period);
  });
});
