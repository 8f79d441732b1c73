import { Command, InvalidArgumentError } from 'commander';

export interface StartOptions {
  /** How many calls the sandbox's account has; as many as last time where it is not said. */
  calls?: number;
  seed?: number;
  export: boolean;
}

export function readOptions(args: string[]): StartOptions {
  return new Command('npm start --')
    .description('Everything on this machine: Postgres, Temporal, a sandbox, a worker, and an export of its calls.')
    .option(
      '--calls <n>',
      'how many calls the sandbox’s account has (default: as last time, at first 300)',
      wholeNumber,
    )
    .option('--seed <n>', 'which invented account (default: as last time, at first 1)', wholeNumber)
    .option('--no-export', 'only bring everything up')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(args, { from: 'user' })
    .opts<StartOptions>();
}

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.');
  return Number(text);
}
