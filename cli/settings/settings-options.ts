import { InvalidArgumentError, Option } from 'commander';

/** The options behind the flags that `mergeFlags` takes. */
export function settingsOptions(): Option[] {
  return [
    new Option('--from <date>', 'first day, such as 2026-11-01, in the time zone of the account'),
    new Option('--to <date>', 'last day, included; today where neither it nor the settings say'),
    new Option('--user <id...>', 'only calls of these amoCRM users (repeatable)'),
    new Option('--direction <direction>', 'which calls').choices(['all', 'outgoing', 'incoming']),
    new Option('--min-talk <seconds>', 'only talks at least so long; 0 is no bound').argParser(wholeSeconds),
    new Option('--max-talk <seconds>', 'only talks at most so long; 0 is no bound').argParser(wholeSeconds),
    new Option('--re-export', 'upload again what this connection already has'),
  ];
}

function wholeSeconds(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('A whole number of seconds is wanted.');
  return Number(text);
}
