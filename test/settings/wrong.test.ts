import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { sentenceOfIssue } from '../../settings/wrong.ts';
import { problemsOf } from './problems-of.ts';

const line = (part: object) => ({ mapping: { deal: [{ amocrm: 'name', speechsense: 'deal_name', ...part }] } });

describe('what is wrong with settings is said in words of ours', () => {
  test.each<[unknown, string, string, string]>([
    [{ talkSeconds: { min: -1 } }, 'talkSeconds.min', 'expected a number from 0', 'нужно число от 0'],
    [{ talkSeconds: { max: 86_401 } }, 'talkSeconds.max', 'expected a number up to 86400', 'нужно число до 86400'],
    [{ talkSeconds: { max: 1.5 } }, 'talkSeconds.max', 'expected a whole number', 'нужно целое число'],
    [{ talkSeconds: { max: '5' } }, 'talkSeconds.max', 'expected a number', 'нужно число'],
    [{ talkSeconds: { max: null } }, 'talkSeconds.max', 'expected a number', 'нужно число'],
    [{ talkSeconds: { max: NaN } }, 'talkSeconds.max', 'expected a number', 'нужно число'],
    [{ talkSeconds: [] }, 'talkSeconds', 'expected a group of named settings', 'нужна группа настроек с именами'],
    [5, '(settings)', 'expected a group of named settings', 'нужна группа настроек с именами'],
    [undefined, '(settings)', 'is missing', 'не задано'],
    [{ period: { from: '2026-11-01' } }, 'period.to', 'is missing', 'не задано'],
    [{ period: { from: 5, to: '2026-11-01' } }, 'period.from', 'expected a text', 'нужен текст'],
    [{ reExport: 'yes' }, 'reExport', 'expected yes or no: true or false', 'нужно «да» или «нет»: true или false'],
    [{ users: 7 }, 'users', 'expected a list', 'нужен список'],
    [{ users: ['bob'] }, 'users.0', 'expected the number of an amoCRM user; see `users`', 'нужен номер сотрудника amoCRM; см. `users`'], // prettier-ignore
    [{ direction: 'up' }, 'direction', 'expected one of: all, outgoing, incoming', 'нужно одно из: all, outgoing, incoming'], // prettier-ignore
    [{ recordingHosts: Array(101).fill('pbx.local') }, 'recordingHosts', 'expected entries: at most 100', 'нужно значений: не больше 100'], // prettier-ignore
    [{ colour: 'red' }, 'colour', 'there is no such setting', 'такой настройки нет'],
  ])('%j', (input, field, en, ru) => {
    expect(problemsOf(input)).toEqual([{ field, message: { en, ru } }]);
  });

  test('also of a line of the mapping without its field', () => {
    expect(problemsOf(line({ amocrm: '' }))).toContainEqual({
      field: 'mapping.deal.0.amocrm',
      message: { en: 'is empty or too short', ru: 'не заполнено или слишком коротко' },
    });
  });

  const VALUES = [null, undefined, NaN, Infinity, -1, 0, 1.5, 1e300, '', 'x', 'x y', true, {}, [], [null], [{}], [-1], { x: 1 }]; // prettier-ignore
  const PLACES: Record<string, (value: unknown) => unknown> = {
    all: (value) => value,
    period: (period) => ({ period }),
    'period.from': (from) => ({ period: { from, to: '2026-11-01' } }),
    users: (users) => ({ users }),
    'users.0': (user) => ({ users: [user] }),
    direction: (direction) => ({ direction }),
    reExport: (reExport) => ({ reExport }),
    unsorted: (unsorted) => ({ unsorted }),
    talkSeconds: (talkSeconds) => ({ talkSeconds }),
    'talkSeconds.max': (max) => ({ talkSeconds: { max } }),
    recordingHosts: (recordingHosts) => ({ recordingHosts }),
    'recordingHosts.0': (host) => ({ recordingHosts: [host] }),
    mapping: (mapping) => ({ mapping }),
    'mapping.call': (call) => ({ mapping: { call } }),
    'mapping.deal.0': (entry) => ({ mapping: { deal: [entry] } }),
    'mapping.deal.0.amocrm': (amocrm) => line({ amocrm }),
    'mapping.deal.0.speechsense': (speechsense) => line({ speechsense }),
  };

  test.each(Object.keys(PLACES))('at %s nothing that can be there brings up a text of zod', (place) => {
    const problems = VALUES.flatMap((value) => problemsOf(PLACES[place]?.(value)));
    expect(problems).not.toEqual([]);
    for (const { message } of problems) {
      expect(message.en).not.toMatch(/does not fit|Invalid|Too |received|string|boolean|array|object|NaN|[<>]=|[=|"]/);
      expect(message.en).toMatch(/^[\x20-\x7e]+$/);
      expect(message.ru).not.toMatch(/не подходит|Неверн|Слишком|number|string|boolean|array|object|NaN|[<>]=|[=|"]/);
      expect(message.ru).toMatch(/[а-яё]{3}/i);
    }
  });
});

describe('what is wrong with a request is said in words of ours', () => {
  test.each<[string, z.ZodType, unknown, string, string]>([
    ['text that is too long', z.string().max(2), 'abc', 'is longer than 2 characters', 'длиннее 2 знаков'],
    ['a list that is too short', z.array(z.string()).min(1), [], 'expected entries: at least 1', 'нужно значений: не меньше 1'], // prettier-ignore
    ['a number that must be above', z.number().positive(), 0, 'expected a number above 0', 'нужно число больше 0'],
    ['a number that must be below', z.number().lt(5), 5, 'expected a number below 5', 'нужно число меньше 5'],
    ['a choice that is missing', z.enum(['xlsx', 'csv']), undefined, 'is missing', 'не задано'],
    ['named values', z.record(z.string(), z.unknown()), [], 'expected a group of named settings', 'нужна группа настроек с именами'], // prettier-ignore
    ['an id of another form', z.uuid(), 'x', 'does not fit here', 'не подходит'],
    ['a refinement without words', z.string().refine(() => false), 'x', 'does not fit here', 'не подходит'],
    ['one of two forms', z.union([z.number(), z.boolean()]), 'x', 'does not fit here', 'не подходит'],
    ['steps', z.number().multipleOf(5), 3, 'does not fit here', 'не подходит'],
  ])('%s', (_, schema, input, en, ru) => {
    const issues = schema.safeParse(input, { reportInput: true }).error?.issues ?? [];
    expect(issues.map(sentenceOfIssue)).toEqual([{ en, ru }]);
  });
});
