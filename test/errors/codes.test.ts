import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import {
  FAILURE_REASONS,
  REASON_SENTENCES,
  SKIP_REASONS,
  UNCONFIRMED_REASONS,
  WAITING_REASONS,
} from '../../errors/reasons.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const placeholders = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe.each(CODES)('%s', (code) => {
  const { en, ru, kind } = ERROR_CODES[code];

  test('has a sentence in both languages that ends, with the same placeholders', () => {
    for (const sentence of [en, ru]) {
      expect(sentence.trim()).toBe(sentence);
      expect(sentence).toMatch(/([.]|\{problems?\})$/);
    }
    expect(placeholders(ru)).toEqual(placeholders(en));
    if (code !== 'usage') expect(ru).toMatch(/[а-яё]/i);
  });

  test('fills every placeholder in both, and shows a missing value as a question mark', () => {
    const values = Object.fromEntries(placeholders(en).map((name) => [name, `<${name}>`]));
    const error = new ExportError(code, { values });
    expect(error).toMatchObject({ code, kind, name: 'ExportError' });
    expect(error.message).toBe(error.sentence('en'));
    for (const language of ['en', 'ru'] as const) {
      expect(error.sentence(language)).not.toMatch(/[{}]/);
      for (const value of Object.values(values)) expect(error.sentence(language)).toContain(value);
      expect(new ExportError(code).sentence(language)).not.toMatch(/[{}]|undefined/);
    }
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
    const outer = new ExportError('export_failed', { cause: known });
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
