import type { z } from 'zod';
import type { Sentence } from '../errors/codes.ts';

/** What is wrong with a setting, in both languages, as zod's refinements take it. */
export function wrong(en: string, ru: string): { message: string; params: { ru: string } } {
  return { message: en, params: { ru } };
}

/**
 * The sentence of an issue: that of {@link wrong}, or one of ours for zod's own, whose texts speak of types and signs.
 * Needs `reportInput`, which tells what is missing from what is wrong.
 */
export function sentenceOfIssue(issue: z.core.$ZodIssue): Sentence {
  switch (issue.code) {
    case 'custom': {
      const ru: unknown = issue.params?.['ru'];
      return typeof ru === 'string' ? { en: issue.message, ru } : UNFIT;
    }
    case 'invalid_type':
      return issue.input === undefined ? MISSING : (OF_TYPE[issue.expected] ?? UNFIT);
    case 'invalid_value':
      return issue.input === undefined ? MISSING : oneOf(issue.values.map(String).join(', '));
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'unrecognized_keys':
      return { en: 'there is no such setting', ru: 'такой настройки нет' };
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_union':
    case 'not_multiple_of':
      return UNFIT;
  }
}

const MISSING: Sentence = { en: 'is missing', ru: 'не задано' };
const UNFIT: Sentence = { en: 'does not fit here', ru: 'не подходит' };
const GROUP: Sentence = { en: 'expected a group of named settings', ru: 'нужна группа настроек с именами' };

const OF_TYPE: Partial<Record<string, Sentence>> = {
  number: { en: 'expected a number', ru: 'нужно число' },
  int: { en: 'expected a whole number', ru: 'нужно целое число' },
  string: { en: 'expected a text', ru: 'нужен текст' },
  boolean: { en: 'expected yes or no: true or false', ru: 'нужно «да» или «нет»: true или false' },
  array: { en: 'expected a list', ru: 'нужен список' },
  object: GROUP,
  record: GROUP,
};

function oneOf(values: string): Sentence {
  return { en: `expected one of: ${values}`, ru: `нужно одно из: ${values}` };
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Sentence {
  const least = String(minimum);
  if (origin === 'string') return { en: 'is empty or too short', ru: 'не заполнено или слишком коротко' };
  if (origin === 'array')
    return { en: `expected entries: at least ${least}`, ru: `нужно значений: не меньше ${least}` };
  return inclusive === false
    ? { en: `expected a number above ${least}`, ru: `нужно число больше ${least}` }
    : { en: `expected a number from ${least}`, ru: `нужно число от ${least}` };
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): Sentence {
  const most = String(maximum);
  if (origin === 'string') return { en: `is longer than ${most} characters`, ru: `длиннее ${most} знаков` };
  if (origin === 'array') return { en: `expected entries: at most ${most}`, ru: `нужно значений: не больше ${most}` };
  return inclusive === false
    ? { en: `expected a number below ${most}`, ru: `нужно число меньше ${most}` }
    : { en: `expected a number up to ${most}`, ru: `нужно число до ${most}` };
}
