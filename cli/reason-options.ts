import { InvalidArgumentError, Option } from 'commander';
import { FAILURE_REASONS } from '../errors/reasons.ts';

export interface Tolerance {
  /** Reasons for which a call may fail without the command's failing. */
  tolerate?: string[];
}

/** Reads reasons, with commas or one by one. A misspelt one would find nothing and look like good news. */
export function reasonsAmong(known: readonly string[]) {
  return (given: string, before: string[] = []): string[] => {
    const reasons = given.split(',');
    if (!reasons.every((reason) => known.includes(reason))) {
      throw new InvalidArgumentError(`There is no such reason; there are ${known.join(', ')}.`);
    }
    return [...before, ...reasons];
  };
}

/** For scheduled exports, which shall not fail because somebody's call has no recording. */
export function toTolerate(): Option {
  const words = 'with --watch: calls that failed for this reason do not make the exit code 3 (repeatable)';
  return new Option('--tolerate <reason...>', words).argParser(reasonsAmong(FAILURE_REASONS));
}
