import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { suggestedKeys, transliterated } from '../../client/connections/suggested-keys.ts';
import { METADATA_KEY } from '../../settings/mapping.ts';

test.each([
  ['Дата звонка', 'data_zvonka'],
  ['Срочно!', 'srochno'],
  ['  № договора (основной)  ', 'dogovora_osnovnoy'],
  ['Щёлково — объезд', 'shchelkovo_obezd'],
  ['utm_source', 'utm_source'],
  ['Résumé Ø', 'resume'],
  ['Қала', 'kala'],
  ['Місто', 'misto'],
  ['2ГИС', 'field_2gis'],
  ['😀', ''],
  ['', ''],
])('%j becomes %j', (title, key) => {
  expect(transliterated(title)).toBe(key);
});

describe('suggested keys', () => {
  const field = (id: number, name: string) => ({ id, name });

  test('of one title are told apart by the ids, the older field keeping the plain one', () => {
    const keys = suggestedKeys([field(30, 'Город'), field(10, 'Город'), field(20, 'город!')], []);
    expect([...keys].toSorted(([one], [other]) => one - other)).toEqual([
      [10, 'gorod'],
      [20, 'gorod_20'],
      [30, 'gorod_30'],
    ]);
  });

  test('are never those of every export, nor such as are taken', () => {
    const keys = suggestedKeys([field(1, 'Date'), field(2, 'Deal name'), field(3, '😀')], ['deal_name']);
    expect([...keys.values()]).toEqual(['date_1', 'deal_name_2', 'cf_3']);
  });

  const fields = fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 1, max: 1_000_000 }), name: fc.string({ unit: 'grapheme', maxLength: 200 }) }),
    { selector: ({ id }) => id, maxLength: 30 },
  );

  test('are keys that SpeechSense takes, each once, whatever the titles', () => {
    fc.assert(
      fc.property(fields, (given) => {
        const keys = [...suggestedKeys(given, ['gorod']).values()];
        expect(new Set(keys).size).toBe(given.length);
        for (const key of keys) expect(key).toMatch(METADATA_KEY);
      }),
    );
  });

  test('stay when an older field goes, but for the one of the same title that takes its place', () => {
    const all = [field(10, 'Город'), field(20, 'Город'), field(30, 'Город'), field(40, 'Срок'), field(50, 'Срок')];
    const before = suggestedKeys(all, []);
    for (const gone of all) {
      const after = suggestedKeys(
        all.filter(({ id }) => id !== gone.id),
        [],
      );
      const changed = [...after].filter(([id, key]) => before.get(id) !== key);
      expect(changed).toEqual({ 10: [[20, 'gorod']], 40: [[50, 'srok']] }[gone.id] ?? []);
    }
  });

  test('stay when a younger field comes', () => {
    fc.assert(
      fc.property(fields, fc.string(), (given, name) => {
        const before = suggestedKeys(given, []);
        const after = suggestedKeys([field(1_000_001, name), ...given], []);
        for (const [id, key] of before) expect(after.get(id)).toBe(key);
      }),
    );
  });
});
