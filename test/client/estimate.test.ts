import { describe, expect, test } from '@jest/globals';
import { estimate } from '../../client/previews/estimate.ts';
import { priceSentences } from '../../client/previews/price-sentences.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { flatTariff, parseTariff, priceOf } from '../../settings/tariff.ts';
import { statusOf } from '../cli/statuses.ts';

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
const PLAN = {
  ...statusOf({ calls: { found: 700, planned: 600 }, talkSeconds: { planned: 3_600, exported: 0 } }),
  listing: { pages: 15 },
  cards: 480,
};
const { mapping: NOTHING } = parseExportSettings({});
const { mapping: ALL } = parseExportSettings({
  mapping: Object.fromEntries(
    ['deal', 'contact', 'company'].map((block) => [block, [{ amocrm: 'name', speechsense: `${block}_name` }]]),
  ),
});
const FILTERS = { isApiFilterEnabled: true, country: 'RU' };
const NO_FILTERS = { isApiFilterEnabled: false };

describe('an estimate', () => {
  test('counts the lists that the preview has read and the cards, fifty a request, and the time of the calls', () => {
    // Cards are read meanwhile: 15 lists at 5 a second, then 600 calls at 2 a second.
    expect(estimate(PLAN, NOTHING, FILTERS, PACE, tariff(0.1))).toEqual({ requests: 25, seconds: 303, roubles: 720 });
  });

  test('counts the deals and companies that a mapping names beside the clients', () => {
    expect(estimate(PLAN, ALL, FILTERS, PACE, tariff(0.1)).requests).toBe(15 + 29);
  });

  test('reckons a request for five cards where amoCRM cannot filter', () => {
    expect(estimate(PLAN, NOTHING, NO_FILTERS, PACE, tariff(0.1)).requests).toBe(15 + 96);
  });

  test('takes as long as the cards where these take longer than the calls', () => {
    const quick = { requestsPerSecond: 1, callsPerSecond: 100 };
    expect(estimate(PLAN, ALL, NO_FILTERS, quick, tariff(0.1)).seconds).toBe(15 + 288);
  });

  test('goes by the price of a minute that an account has entered', () => {
    const own = flatTariff({ roublesPerMinute: 3.2, date: '2026-12-01' }, 'https://example.com/prices');
    expect(priceOf(90, own)).toBe(4.8);
    expect(priceOf(0, own)).toBe(0);
  });

  test('has no price where the tariff has none', () => {
    expect(estimate(PLAN, NOTHING, FILTERS, PACE, tariff(null)).roubles).toBeNull();
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
