import type { z } from 'zod';
import type { Sentence } from '../errors/codes.ts';
import { sentenceOfIssue } from './wrong.ts';

export interface SettingsProblem {
  /** Path of the field, such as `period.from`. */
  field: string;
  message: Sentence;
}

/** More help nobody, and each may be as long as the list of all fields. */
const MOST_PROBLEMS = 20;
/** Names of unknown fields are the sender's words. */
const MOST_LETTERS = 200;

/** What is wrong with a form or a file, in the product's own shape: the first of it, and how much more there is. */
export function problemsOf(issues: readonly z.core.$ZodIssue[]): SettingsProblem[] {
  const found = issues.slice(0, MOST_PROBLEMS).flatMap(problemsOfOne);
  const shown = found.slice(0, MOST_PROBLEMS);
  const more = issues.reduce((sum, issue) => sum + countOf(issue), 0) - shown.length;
  const rest = { en: `and ${more} more problems`, ru: `и ещё ошибок: ${more}` };
  return more > 0 ? [...shown, { field: REST, message: rest }] : shown;
}

const REST = '(settings)';

function countOf(issue: z.core.$ZodIssue): number {
  return issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
}

function problemsOfOne(issue: z.core.$ZodIssue): SettingsProblem[] {
  const at = issue.path.map(String);
  const message = sentenceOfIssue(issue);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST_PROBLEMS).map((key) => ({ field: nameOf([...at, key]), message }));
  }
  return [{ field: nameOf(at) || REST, message }];
}

function nameOf(path: readonly string[]): string {
  return path.join('.').slice(0, MOST_LETTERS);
}
