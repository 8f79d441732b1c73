import { describe, expect, test } from '@jest/globals';
import { estimate } from '../../client/estimate.ts';
import { priceSentences } from '../../client/price-sentences.ts';
import { parseTariff } from '../../settings/tariff.ts';
import { statusOf } from './statuses.ts';

const tariff = (price: number | null) =>
  parseTariff(
    {
      source: 'https://example.com/prices',
      date: price === null ? null : '2026-11-01',
      tiers: [{ fromMinutes: 0, roublesPerSecond: { recognition: price, analytics: price } }],
    },
    'tariff.json',
  );
const PACE = { requestsPerSecond: 5, callsPerSecond: 2 };
const PLAN = statusOf({ calls: { found: 700, planned: 600 }, talkSeconds: { planned: 3_600, exported: 0 } });

describe('an estimate', () => {
  test('counts the pages of notes and of clients, and the time of both and of the calls', () => {
    // Four sources and the events, three pages of 250 notes, seven of 100 events, twelve of 50 clients.
    expect(estimate(PLAN, { isApiFilterEnabled: true }, PACE, tariff(0.1))).toEqual({
      requests: 27,
      seconds: 306,
      roubles: 720,
    });
  });

  test('reckons a request for every client where amoCRM cannot filter', () => {
    expect(estimate(PLAN, { isApiFilterEnabled: false }, PACE, tariff(0.1)).requests).toBe(615);
  });

  test('has no price where the tariff has none', () => {
    expect(estimate(PLAN, { isApiFilterEnabled: true }, PACE, tariff(null)).roubles).toBeNull();
  });
});

describe('what is said of the price', () => {
  test('is where to fill it in, when it is missing', () => {
    const [only, ...more] = priceSentences(null, tariff(null), 'settings/tariff.json');
    expect(more).toEqual([]);
    expect(only?.en).toContain('settings/tariff.json from https://example.com/prices');
    expect(only?.ru).toContain('TARIFF_FILE');
  });

  test('is its day, and what it does not know', () => {
    const said = priceSentences(720, tariff(0.1), 'settings/tariff.json');
    expect(said.map(({ en }) => en).join(' ')).toMatch(/2026-11-01 .*mono.*short calls.*tier is used up/);
    expect(said.map(({ ru }) => ru).join(' ')).toMatch(/2026-11-01 .*Одноканальная.*короткие звонки.*израсходовано/);
  });
});
