import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES, isErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { REASON_SENTENCES } from '../../errors/reasons.ts';
import { sampleError } from '../support/sample-error.ts';
import { DICTIONARIES, type Dictionary } from '../../widget/page/text/dictionary.ts';
import { createFormats } from '../../widget/page/text/formats.ts';
import { transliterated } from '../../client/connections/suggested-keys.ts';
import { readDay, writeDay } from '../../widget/page/form/days.ts';
import { transliteratedKey } from '../../widget/page/form/transliteration.ts';
import { presetPeriod } from '../../widget/page/form/period-presets.ts';

/** Path → text, of every text of a dictionary. */
function texts(dictionary: object, at = ''): [string, string][] {
  return Object.entries(dictionary).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? texts(value, `${at}${name}.`)
      : [[`${at}${name}`, String(value)] satisfies [string, string]],
  );
}

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('the texts', () => {
  test('are the same ones in both languages, with the same places to fill in', () => {
    const shape = (dictionary: Dictionary) => texts(dictionary).map(([path, text]) => [path, places(text)]);
    expect(shape(DICTIONARIES.en)).toEqual(shape(DICTIONARIES.ru));
    for (const [path, text] of [...texts(DICTIONARIES.ru), ...texts(DICTIONARIES.en)]) {
      expect([path, text.trim()]).not.toEqual([path, '']);
    }
  });

  test('give each reason the sentence that the report gives it, where that names no command', () => {
    for (const locale of ['ru', 'en'] as const) {
      const { reasons } = DICTIONARIES[locale];
      expect(Object.keys(reasons).sort()).toEqual(Object.keys(REASON_SENTENCES).sort());
      for (const [reason, sentence] of Object.entries(REASON_SENTENCES)) {
        const ours = Object.entries(reasons).find(([name]) => name === reason)?.[1];
        if (sentence[locale].includes('`')) expect(ours).not.toContain('`');
        else expect([reason, ours]).toEqual([reason, sentence[locale]]);
      }
    }
  });

  test('of an error that blocks an export name no command and no setting of the server', () => {
    // Refusals of a request, which no export meets.
    const ofRequests = /^(token_|not_an_administrator$|account_not_connected$|hook_refused$)/;
    const blocking = Object.keys(ERROR_CODES)
      .filter(isErrorCode)
      .filter((code) => ERROR_CODES[code].kind === 'auth' && !ofRequests.test(code));
    expect(blocking).toContain('speechsense_unauthenticated');
    for (const code of blocking) {
      const { ru, en } = sampleError(code).pageSentence();
      expect([code, ru, en].join(' ')).not.toMatch(/`|[A-Z]{3,}_[A-Z]/);
    }
  });

  test('of a right that amoCRM denies say which', () => {
    const right = { ru: 'право на просмотр сделок', en: 'the right to view leads' };
    const { ru, en } = new ExportError('amocrm_forbidden', { values: { what: '/leads', right } }).pageSentence();
    expect(ru).toContain(`Требуется: ${right.ru}.`);
    expect(en).toContain(`it needs ${right.en}.`);
  });
});

describe('formats', () => {
  const formats = createFormats('ru', DICTIONARIES.ru, 'Asia/Vladivostok');

  test('an instant is on the clock of the account', () => {
    expect(formats.moment('2026-11-22T20:00:00Z')).toBe('23.11.2026, 06:00');
  });

  test('an English date spells its month', () => {
    const english = createFormats('en', DICTIONARIES.en, 'Asia/Vladivostok');
    expect(english.moment('2026-11-09T20:00:00Z')).toBe('10 Nov 2026, 06:00');
    expect(english.day('2026-11-10')).toBe('10 Nov 2026');
  });

  test('a zone given as an offset is one; an unknown zone is the browser’s, not an error', () => {
    expect(createFormats('ru', DICTIONARIES.ru, 'UTC+3').moment('2026-11-22T20:00:00Z')).toBe('22.11.2026, 23:00');
    expect(createFormats('ru', DICTIONARIES.ru, 'Mars/Olympus').moment('2026-11-22T12:00:00Z')).toContain('2026');
  });

  test.each([
    [0, '0 с'],
    [59, '59 с'],
    [60, '1 мин'],
    [75, '1 мин 15 с'],
    [601, '10 мин'],
    [3_599, '1 ч 0 мин'],
    [7_500, '2 ч 5 мин'],
    [360_059, '100 ч'],
  ])('%d s is %s', (seconds, span) => {
    expect(formats.span(seconds)).toBe(span);
  });
});

describe('ready periods', () => {
  test('a month is one of the calendar', () => {
    const month = (preset: 'thisMonth' | 'lastMonth', day: string) =>
      Object.values(presetPeriod(preset, new Date(`${day}T12:00:00Z`), 'UTC'));
    expect(month('thisMonth', '2026-12-01')).toEqual(['2026-12-01', '2026-12-01']);
    expect(month('thisMonth', '2026-03-31')).toEqual(['2026-03-01', '2026-03-31']);
    expect(month('lastMonth', '2026-03-31')).toEqual(['2026-02-01', '2026-02-28']);
    expect(month('lastMonth', '2026-01-15')).toEqual(['2025-12-01', '2025-12-31']);
  });

  test('days are those of the account’s calendar', () => {
    const lateEvening = new Date('2026-11-22T22:30:00Z');
    expect(presetPeriod('yesterday', lateEvening, 'UTC+3').to).toBe('2026-11-22');
    expect(presetPeriod('yesterday', lateEvening, 'America/New_York').to).toBe('2026-11-21');
  });
});

describe('a day that is typed', () => {
  test.each([
    ['ru', '22.11.2026', '2026-11-22'],
    ['ru', ' 1.2.26 ', '2026-02-01'],
    ['ru', '01/02/2026', '2026-02-01'],
    ['ru', '2026-11-22', '2026-11-22'],
    ['en', '2026-11-22', '2026-11-22'],
    ['en', '22 Nov 2026', '2026-11-22'],
    ['en', '22 november 26', '2026-11-22'],
    ['en', '22.11.2026', '2026-11-22'],
    // The 1st of February or the 2nd of January?
    ['en', '01/02/2026', null],
    ['ru', '31.02.2026', null],
    ['ru', '22.13.2026', null],
    ['en', '22 Foo 2026', null],
    ['ru', 'вчера', null],
    ['ru', '', null],
  ] as const)('in %s, %j, is %j', (locale, typed, day) => {
    expect(readDay(typed, locale)).toBe(day);
  });

  test('is shown as it can be typed', () => {
    for (const locale of ['ru', 'en'] as const)
      expect(readDay(writeDay('2026-11-02', locale), locale)).toBe('2026-11-02');
    expect(writeDay('2026-11-02', 'ru')).toBe('02.11.2026');
  });
});

test('a key is offered with the letters that the catalogue of fields takes', () => {
  for (const typed of ['Дата звонка', 'Ёж, щука и объём', 'ключ', '2 этап', 'сделка.бюджет', '—']) {
    expect([typed, transliteratedKey(typed)]).toEqual([typed, transliterated(typed)]);
  }
});
