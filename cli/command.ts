import { type Command, Option } from 'commander';
import type { Account } from '../ledger/accounts/accounts.ts';
import type { Output } from './terminal/output.ts';
import type { Services } from './services.ts';
import type { Input } from './terminal/streams.ts';

/** What a running command is handed. */
export interface CommandContext {
  services: Services;
  output: Output;
  stdin: Input;
  /** The account that `--account` names, or the only one. */
  account: () => Promise<Account>;
}

/** Flags that every command has. */
export interface SharedFlags {
  json?: boolean;
  account?: string;
  lang?: string;
}

/** Opens what the command needs, runs it, closes everything and keeps the process's exit code. */
export type Runner = (flags: SharedFlags, work: (context: CommandContext) => Promise<number>) => Promise<void>;

export interface CommandDefinition<Flags> {
  /** Name with its arguments, as commander wants it. */
  name: string;
  summary: string;
  /** Shown in the help; the program's name is put in front of those that do not have it. */
  examples: string[];
  /** Whether it concerns one account. */
  account?: boolean;
  options?: Option[];
  /** Loads what it needs when it is called: `--help` must not wait for it. @returns the exit code. */
  run: (context: CommandContext, flags: Flags) => Promise<number>;
}

export const PROGRAM = 'speechsense-export';

/** Adds a command with the flags that all have. */
export function addCommand<Flags>(parent: Command, runner: Runner, definition: CommandDefinition<Flags>): void {
  const command = parent.command(definition.name).description(definition.summary);
  for (const option of definition.options ?? []) command.addOption(option);
  if (definition.account === true) {
    command.option('--account <id or host>', 'which amoCRM account; may be left out when there is one');
  }
  command
    .option('--json', 'print JSON')
    .addOption(new Option('--lang <language>', 'language of the output (default: by LANG)').choices(['ru', 'en']))
    .addHelpText('after', `\nExamples:\n${definition.examples.map((line) => `  ${withProgram(line)}`).join('\n')}`)
    .action(async (_given: unknown, called: Command) => {
      const flags = called.opts<Flags & SharedFlags>();
      await runner(flags, (context) => definition.run(context, flags));
    });
}

function withProgram(example: string): string {
  return example.includes(PROGRAM) ? example : `${PROGRAM} ${example}`;
}
