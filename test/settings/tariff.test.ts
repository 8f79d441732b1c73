import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseTariff, priceOf } from '../../settings/tariff.ts';

const SHIPPED: unknown = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../settings/tariff.json'), 'utf8'),
);
const tier = (fromMinutes: number, recognition: number | null, analytics: number | null) => ({
  fromMinutes,
  roublesPerSecond: { recognition, analytics },
});
// Not anybody's prices: chosen to be reckoned by hand.
const GIVEN = {
  source: 'https://example.com/prices',
  date: '2026-11-01',
  tiers: [tier(0, 0.02, 0.08), tier(100, 0.01, 0.04), tier(1_000, null, null)],
};

describe('the price of so much talk', () => {
  test.each([
    ['nothing costs nothing', 0, 0],
    ['a second takes both prices', 1, 0.1],
    ['up to the threshold the first tier holds', 100 * 60, 600],
    ['what is above it costs less, what is below it still the same', 150 * 60, 750],
    ['a price not filled in is asked for only from its threshold on', 1_000 * 60, 600 + 900 * 60 * 0.05],
    ['beyond it nobody knows', 1_000 * 60 + 1, null],
  ])('%s', (_, seconds, roubles) => {
    expect(priceOf(seconds, parseTariff(GIVEN, 'tariff.json'))).toBe(roubles);
  });

  test('is not invented where the first tier is empty', () => {
    expect(priceOf(0, parseTariff({ ...GIVEN, tiers: [tier(0, 0.1, null)] }, 'tariff.json'))).toBeNull();
  });
});

describe('a tariff file', () => {
  test('is shipped with Yandex’s five tiers and without any price', () => {
    const tariff = parseTariff(SHIPPED, 'tariff.json');
    expect(tariff.tiers.map(({ fromMinutes }) => fromMinutes)).toEqual([0, 100_000, 500_000, 1_000_000, 2_500_000]);
    expect(tariff.date).toBeNull();
    expect(priceOf(60, tariff)).toBeNull();
  });

  test.each<[string, unknown, RegExp]>([
    ['without the day of its prices', { ...GIVEN, date: null }, /date: expected the day of these prices/],
    ['with tiers out of order', { ...GIVEN, tiers: [tier(0, 1, 1), tier(9, 1, 1), tier(9, 1, 1)] }, /tiers\.2\.from/],
    ['whose first tier begins later', { ...GIVEN, tiers: [tier(5, 1, 1)] }, /tiers\.0\.fromMinutes/],
    ['with a negative price', { ...GIVEN, tiers: [tier(0, -1, 1)] }, /recognition/],
    ['with a misspelt key', { ...GIVEN, tiers: [{ ...tier(0, 1, 1), from: 0 }] }, /from/],
    ['that is something else', [], /tariff\.json cannot be used/],
  ])('%s is refused, saying what is wrong', (_, given, problem) => {
    expect(() => parseTariff(given, 'tariff.json')).toThrow(problem);
  });
});
