import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ENDS, STATES, WORDS } from '../../cli/watch/words.ts';
import { ERROR_CODES } from '../../errors/codes.ts';
import { REASON_SENTENCES } from '../../errors/reasons.ts';
import { ru } from '../../widget/page/text/ru.ts';

/** Words for things of docs/terms.md that have another one. */
const OTHER_WORDS = /выгружен[оаы]?(?![а-яё])|в плане|не подтвержден|не подтверждён|заблокирован|перевыгру/i;

const project = (file: string) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');

test('page and command line call what becomes of calls by the same words', () => {
  for (const end of ['exported', 'failed', 'waiting', 'unconfirmed', 'remaining'] as const) {
    expect([end, ENDS[end].ru]).toEqual([end, ru.counts[end].toLowerCase()]);
  }
  for (const count of ['found', 'planned'] as const) {
    expect([count, WORDS[count].ru]).toEqual([count, ru.counts[count].toLowerCase()]);
  }
  expect(WORDS.skippedCount.ru).toBe(ru.counts.skipped.toLowerCase());
});

test('page and command line call how an export ended or waits by the same words', () => {
  for (const state of ['blocked', 'stopping', 'completed', 'stopped', 'failed'] as const) {
    expect([state, STATES[state].ru]).toEqual([state, ru.progress.states[state].toLowerCase()]);
  }
});

test('no other word stands for a term on the page, in errors, in reasons and in the guide', async () => {
  const texts = {
    page: JSON.stringify(ru),
    errors: JSON.stringify(ERROR_CODES),
    reasons: JSON.stringify(REASON_SENTENCES),
    words: JSON.stringify([ENDS, STATES, WORDS]),
    guide: await project('docs/guide.ru.md'),
  };
  for (const [where, text] of Object.entries(texts))
    expect([where, OTHER_WORDS.exec(text)?.[0]]).toEqual([where, undefined]);
});

test('the table of terms has the words that are used', async () => {
  const table = await project('docs/terms.md');
  for (const [name, count] of Object.entries(ru.counts)) {
    expect(table).toMatch(new RegExp(`\\| ${name} +\\| ${count.toLowerCase()} +\\|`));
  }
});
