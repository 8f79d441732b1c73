import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES, isErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { REASON_SENTENCES } from '../../errors/reasons.ts';
import { sampleError } from '../support/sample-error.ts';
import { DICTIONARIES, type Dictionary } from '../../widget/page/text/dictionary.ts';
import { createFormats } from '../../widget/page/text/formats.ts';
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
  test('a month ends today and begins the day after the same day of the month before', () => {
    expect(presetPeriod('month', new Date('2026-03-31T12:00:00Z'), 'UTC')).toEqual({
      from: '2026-03-01',
      to: '2026-03-31',
    });
    expect(presetPeriod('month', new Date('2026-01-15T12:00:00Z'), 'UTC')).toEqual({
      from: '2025-12-16',
      to: '2026-01-15',
    });
  });

  test('days are those of the account’s calendar', () => {
    const lateEvening = new Date('2026-11-22T22:30:00Z');
    expect(presetPeriod('yesterday', lateEvening, 'UTC+3').to).toBe('2026-11-22');
    expect(presetPeriod('yesterday', lateEvening, 'America/New_York').to).toBe('2026-11-21');
  });
});
