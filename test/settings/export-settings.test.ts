import { describe, expect, test } from '@jest/globals';
import { CALL_FIELDS } from '../../settings/call-fields.ts';
import { CARD_BLOCKS, CARD_FIELDS } from '../../settings/card-fields.ts';
import { parseExportSettings, SettingsInvalid } from '../../settings/export-settings.ts';
import { problemsOf } from './problems-of.ts';

const fieldsOf = (input: unknown) => problemsOf(input).map(({ field }) => field);
const line = (speechsense: string, amocrm = 'duration') => ({ amocrm, speechsense });

describe('absent settings take their defaults', () => {
  const DEFAULTS = {
    period: null,
    users: [],
    groups: [],
    direction: 'all',
    reExport: false,
    unsorted: false,
    talkSeconds: { min: 0, max: 0 },
    recordingHosts: [],
    price: null,
    mapping: { deal: [], contact: [], company: [], call: [] },
  };

  test('all of them, when nothing is given', () => {
    expect(parseExportSettings({})).toEqual(DEFAULTS);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a period that is null', { period: null }, {}],
    ['half of the bounds', { talkSeconds: { min: 5 } }, { talkSeconds: { min: 5, max: 0 } }],
    ['the other half', { talkSeconds: { max: 5 } }, { talkSeconds: { min: 0, max: 5 } }],
    [
      'a mapping of one block',
      { mapping: { call: [line('call_duration')] } },
      { mapping: { deal: [], contact: [], company: [], call: [line('call_duration')] } },
    ],
  ])('beside %s', (_, given, changed) => {
    expect(parseExportSettings(given)).toEqual({ ...DEFAULTS, ...changed });
  });

  test('what is given is kept', () => {
    const given = {
      period: { from: '2026-11-01', to: '2026-11-22' },
      users: [7, 8],
      groups: ['Отдел продаж'],
      direction: 'incoming',
      reExport: true,
      unsorted: true,
      talkSeconds: { min: 10, max: 3_600 },
      recordingHosts: ['pbx.local', '10.1.0.0/16'],
      price: { roublesPerMinute: 3.2, date: '2026-12-01' },
      mapping: { deal: [line('deal_name', 'name')], contact: [], company: [], call: [line('call_duration')] },
    };
    expect(parseExportSettings(given)).toEqual(given);
  });
});

describe('wrong settings', () => {
  test('are all named at once, each by its field', () => {
    const wrong = {
      period: { from: '2026-02-30', to: 'tomorrow' },
      users: [1, -1, 'x'],
      direction: 'sideways',
      reExport: 'yes',
      talkSeconds: { min: -1, max: 1.5 },
      mapping: { deal: [{ amocrm: '', speechsense: 'имя' }], call: [line('call_id'), line('weight', 'weight')] },
      colour: 'red',
    };
    expect(new Set(fieldsOf(wrong))).toEqual(
      new Set([
        'period.from',
        'period.to',
        'users.1',
        'users.2',
        'direction',
        'reExport',
        'talkSeconds.min',
        'talkSeconds.max',
        'mapping.deal.0.amocrm',
        'mapping.deal.0.speechsense',
        'mapping.call.0.speechsense',
        'mapping.call.1.amocrm',
        'colour',
      ]),
    );
  });

  test('end in one error with the code, the first field, and every field in both sentences', () => {
    const error = (() => {
      try {
        return parseExportSettings({ direction: 'sideways', users: [0] });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'settings_invalid', kind: 'permanent', field: 'users.0' });
    for (const language of ['en', 'ru'] as const) {
      const sentence = error instanceof SettingsInvalid ? error.sentence(language) : '';
      expect(sentence).toMatch(/users\.0: .+; direction: .+/);
    }
  });

  test.each<[string, unknown, string[]]>([
    ['at the top', { user: [1] }, ['user']],
    ['several at once', { a: 1, b: 2 }, ['a', 'b']],
    ['in the period', { period: { from: '2026-11-01', to: '2026-11-02', till: 'x' } }, ['period.till']],
    ['in the bounds', { talkSeconds: { minimum: 3 } }, ['talkSeconds.minimum']],
    ['as a block', { mapping: { lead: [] } }, ['mapping.lead']],
    ['in a line', { mapping: { call: [{ ...line('x'), name: 1 }] } }, ['mapping.call.0.name']],
  ])('an unknown key %s is a problem, not ignored', (_, input, fields) => {
    expect(fieldsOf(input)).toEqual(fields);
  });

  test.each<[unknown]>([[null], [undefined], ['text'], [[]], [5]])('%p is no settings at all', (input) => {
    expect(fieldsOf(input)).toEqual(['(settings)']);
  });

  test('a talk that must be longer than it may be is refused; without an upper bound it is not', () => {
    expect(fieldsOf({ talkSeconds: { min: 61, max: 60 } })).toEqual(['talkSeconds.min']);
    expect(fieldsOf({ talkSeconds: { min: 60, max: 60 } })).toEqual([]);
    expect(fieldsOf({ talkSeconds: { min: 60, max: 0 } })).toEqual([]);
    expect(fieldsOf({ talkSeconds: { min: 86_401 } })).toEqual(['talkSeconds.min']);
  });
});

describe('the days of a period', () => {
  const period = (from: unknown, to: unknown) => fieldsOf({ period: { from, to } });

  test.each([
    ['2026-02-30'],
    ['2026-13-01'],
    ['2025-02-29'],
    ['2026-2-3'],
    ['2026-11-01T00:00:00Z'],
    ['20261101'],
    ['2026-W45-1'],
    ['2026-305'],
    [''],
    [20261101],
  ])('%p is no day of the calendar', (from) => {
    expect(period(from, '2026-11-22')).toEqual(['period.from']);
  });

  test('a leap day is one', () => {
    expect(period('2024-02-29', '2024-02-29')).toEqual([]);
  });

  test('may be the same, and may not be reversed', () => {
    expect(period('2026-11-01', '2026-11-01')).toEqual([]);
    expect(period('2026-11-02', '2026-11-01')).toEqual(['period.from']);
    expect(problemsOf({ period: { from: '2026-11-02', to: '2026-11-01' } })[0]?.message).toEqual({
      en: expect.stringMatching(/later/),
      ru: expect.stringMatching(/позже/),
    });
  });

  test('are both needed', () => {
    expect(fieldsOf({ period: { from: '2026-11-01' } })).toEqual(['period.to']);
  });
});

describe('keys of a mapping', () => {
  test.each(['call_id', 'date', 'direction_outgoing'])(
    '%s is the export’s own: a talk whose answer was lost is looked for by it',
    (key) => {
      expect(fieldsOf({ mapping: { contact: [line(key, 'name')] } })).toEqual(['mapping.contact.0.speechsense']);
    },
  );

  test('other default keys may be replaced by the user’s own choice', () => {
    for (const key of ['operator_name', 'operator_id', 'client_name', 'client_id', 'language']) {
      expect(fieldsOf({ mapping: { contact: [line(key, 'name')] } })).toEqual([]);
    }
  });

  test('one key is filled by one line, in whatever blocks they are', () => {
    const mapping = {
      deal: [line('a', 'name'), line('b', 'price')],
      company: [line('a', 'name')],
      call: [line('b'), line('c'), line('c', 'phone')],
    };
    expect(fieldsOf({ mapping })).toEqual([
      'mapping.company.0.speechsense',
      'mapping.call.0.speechsense',
      'mapping.call.2.speechsense',
    ]);
  });

  test('one amoCRM field may fill several keys', () => {
    expect(fieldsOf({ mapping: { call: [line('a'), line('b')] } })).toEqual([]);
  });

  test.each([['имя'], ['1st'], ['a b'], ['_a'], ['a:b'], ['k'.repeat(101)], ['']])('%p is not a key', (key) => {
    expect(fieldsOf({ mapping: { deal: [line(key, 'name')] } })).toEqual(['mapping.deal.0.speechsense']);
  });

  test('with the export’s own eight there are 200 and no more', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, n) => line(`key_${n}`, 'name'));
    expect(fieldsOf({ mapping: { deal: lines(192) } })).toEqual([]);
    const [problem, ...others] = problemsOf({ mapping: { deal: lines(193) } });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ field: 'mapping', message: { en: expect.stringMatching(/201 .* 200/) } });
  });

  test('a call has only its own fields, and the problem names them', () => {
    for (const { key } of CALL_FIELDS) {
      expect(fieldsOf({ mapping: { call: [line('key', key)] } })).toEqual([]);
    }
    const [problem] = problemsOf({ mapping: { call: [line('key', 'weight')] } });
    expect(problem?.field).toBe('mapping.call.0.amocrm');
    for (const { key } of CALL_FIELDS) expect(problem?.message.en).toContain(key);
    expect(fieldsOf({ mapping: { call: [line('key', 'cf_5')] } })).toEqual(['mapping.call.0.amocrm']);
  });

  test('a card has its standard fields and any custom one, and the problem names them', () => {
    for (const block of CARD_BLOCKS) {
      for (const { key } of [...CARD_FIELDS[block], { key: 'cf_1150947' }]) {
        expect(fieldsOf({ mapping: { [block]: [line('key', key)] } })).toEqual([]);
      }
      for (const name of ['duration', 'cf_', 'cf_0', 'cf_x', 'CF_5', 'toString']) {
        const [problem] = problemsOf({ mapping: { [block]: [line('key', name)] } });
        expect(problem?.field).toBe(`mapping.${block}.0.amocrm`);
        expect(problem?.message.en).toMatch(/name, .*cf_<field id>/);
      }
    }
  });

  test('the keys that are suggested can all be taken together', () => {
    const call = CALL_FIELDS.map(({ key, suggestedKey }) => line(suggestedKey, key));
    const [deal, contact, company] = CARD_BLOCKS.map((block) =>
      CARD_FIELDS[block].map(({ key, suggestedKey }) => line(suggestedKey, key)),
    );
    expect(fieldsOf({ mapping: { call, deal, contact, company } })).toEqual([]);
  });
});

describe('very much that is wrong', () => {
  test('is told in part, with how much more there is', () => {
    const given = { ...Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`key${n}`, 1])), users: ['x', 'y'] };
    const problems = problemsOf(given);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)?.message).toEqual({ en: 'and 12 more problems', ru: 'и ещё ошибок: 12' });
  });
});
