import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES, type ErrorCode, isErrorCode } from '../../errors/codes.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import {
  FAILURE_REASONS,
  REASON_SENTENCES,
  SKIP_REASONS,
  UNCONFIRMED_REASONS,
  WAITING_REASONS,
} from '../../errors/reasons.ts';
import { restoreError } from '../../errors/restore-error.ts';
import { sampleError } from '../support/sample-error.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const placeholders = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe.each(CODES)('%s', (code) => {
  const { en, ru, kind } = ERROR_CODES[code];

  test('has a sentence in both languages that ends, with the same placeholders', () => {
    for (const sentence of [en, ru]) {
      expect(sentence.trim()).toBe(sentence);
      expect(sentence).toMatch(/([.]|\{(problems?|command)\})$/);
    }
    expect(placeholders(ru)).toEqual(placeholders(en));
    if (code !== 'usage') expect(ru).toMatch(/[а-яё]/i);
  });

  test('fills every placeholder in both, on the page, too', () => {
    const error = sampleError(code);
    expect(error).toMatchObject({ code, kind, name: 'ExportError' });
    expect(error.message).toBe(error.sentence('en'));
    for (const language of ['en', 'ru'] as const) {
      for (const name of placeholders(ERROR_CODES[code][language])) {
        expect(error.sentence(language)).toContain(`<${name}>`);
      }
      expect(error.sentence(language)).not.toMatch(/[{}]/);
      expect(error.pageSentence()[language]).not.toMatch(/[{}]/);
    }
  });

  test.each([undefined, null, 'text', {}, { host: null, what: { en: 1 }, problem: Number.NaN, exportId: '' }])(
    'kept with the values %j, it still reads as a sentence',
    (values) => {
      const error = restoreError(code, values);
      for (const language of ['en', 'ru'] as const) {
        const sentence = error?.sentence(language) ?? '';
        expect(sentence.length).toBeGreaterThan(10);
        for (const text of [sentence, error?.pageSentence()[language]]) {
          expect(text).not.toMatch(/[{}?]|undefined|null|NaN|\[object|\(\)| {2}/);
        }
      }
    },
  );
});

test('an error without the values that its sentence needs does not compile', () => {
  // Read by the compiler (npm run verify): a directive that finds nothing to expect is an error.
  // @ts-expect-error -- it needs a host and what went wrong
  expect(new ExportError('amocrm_unavailable').message).not.toContain('?');
  // @ts-expect-error -- it needs what went wrong
  expect(new ExportError('amocrm_unavailable', { values: { host: 'h' } }).message).toContain('h');
  // @ts-expect-error -- the page's sentence counts as well
  expect(new ExportError('amocrm_forbidden', { values: { what: '/contacts' } }).message).not.toContain('?');
  // @ts-expect-error -- a value is there, or it is not
  expect(new ExportError('amocrm_unpaid', { values: { host: undefined } }).message).not.toContain('undefined');
  const either = (isUnpaid: boolean) => (isUnpaid ? 'amocrm_unpaid' : 'usage');
  // @ts-expect-error -- one of two codes: the values of both
  expect(new ExportError(either(true), { values: { host: 'h' } }).message).toContain('h');
  const any: ErrorCode = isErrorCode('usage') ? 'usage' : 'unexpected';
  // @ts-expect-error -- a code that came as data: restoreError
  expect(new ExportError<ErrorCode>(any, { values: {} }).message).not.toContain('?');

  expect(new ExportError('amocrm_unpaid', { values: { host: 'h' } }).message).toContain('h');
  expect(new ExportError('lease_lost').message).not.toBe('');
});

describe('an error that was kept as data', () => {
  test('is whole again', () => {
    const values = { what: '/contacts', right: { en: 'a right', ru: 'право' } };
    const error = restoreError('amocrm_forbidden', JSON.parse(JSON.stringify(values)), { retryAfterMs: 5 });
    expect(error).toMatchObject({ code: 'amocrm_forbidden', kind: 'auth', values, retryAfterMs: 5 });
    expect(error?.sentence('ru')).toContain('Требуется: право.');
  });

  test.each([undefined, null, 7, '', 'code_of_a_newer_version', 'toString', {}])('is none for the code %j', (code) => {
    expect(restoreError(code, {})).toBeUndefined();
  });
});

test('a value with braces or dollar signs is shown as it is', () => {
  expect(new ExportError('usage', { values: { problem: '{host} $& $1' } }).message).toBe('{host} $& $1');
});

describe('findExportError', () => {
  const known = new ExportError('lease_lost');

  test('finds it itself and through causes', () => {
    expect(findExportError(known)).toBe(known);
    expect(findExportError(new Error('outer', { cause: new TypeError('inner', { cause: known }) }))).toBe(known);
  });

  test('answers the outermost of two', () => {
    const outer = new ExportError('export_failed', { cause: known, values: { problem: 'x' } });
    expect(findExportError(new Error('around', { cause: outer }))).toBe(outer);
  });

  test('finds nothing in what has none, and ends on a circle', () => {
    const circle = new Error('round');
    circle.cause = circle;
    for (const none of [undefined, null, 'text', { code: 'lease_lost' }, new Error('plain'), circle]) {
      expect(findExportError(none)).toBeUndefined();
    }
  });
});

describe('every reason of a call', () => {
  const WAITING_OR_UNCONFIRMED = [...WAITING_REASONS, ...UNCONFIRMED_REASONS];
  test.each([...SKIP_REASONS, ...FAILURE_REASONS, ...WAITING_OR_UNCONFIRMED])(
    '%s says in both languages what it means',
    (reason) => {
      expect(REASON_SENTENCES[reason].en).toMatch(/^[a-zA-Z].{8,}$/);
      expect(REASON_SENTENCES[reason].ru).toMatch(/[а-яё]{3}/i);
    },
  );

  test('is said in words of its own', () => {
    for (const language of ['en', 'ru'] as const) {
      const sentences = Object.values(REASON_SENTENCES).map((sentence) => sentence[language]);
      expect(new Set(sentences).size).toBe(sentences.length);
    }
  });
});
