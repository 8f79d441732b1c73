import { exitCodeOf } from '../errors/outcome.ts';
import { chooseAccount } from '../client/accounts/account-choice.ts';
import type { Account } from '../ledger/accounts/accounts.ts';
import type { CommandContext, SharedFlags } from './command.ts';
import { toExportError } from './failure.ts';
import { languageOf } from './terminal/language.ts';
import { Output } from './terminal/output.ts';
import { Services } from './services.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs a command with what it needs, and closes that. @returns the exit code; what went wrong has been said. */
export async function runCommand(
  flags: SharedFlags,
  work: (context: CommandContext) => Promise<number>,
  surroundings: Surroundings,
): Promise<number> {
  const { variables, stdin, beforeEnd } = surroundings;
  const services = new Services(variables);
  beforeEnd?.(() => services.refreshed());
  try {
    return await work({ services, output: outputFor(flags, surroundings), stdin, account: accountOf(services, flags) });
  } catch (error) {
    return sayFailure(error, flags, surroundings);
  } finally {
    await services.close();
  }
}

/** @returns the exit code. */
export function sayFailure(error: unknown, flags: SharedFlags, surroundings: Surroundings): number {
  const { variables, stderr, withoutEnvironment } = surroundings;
  const output = outputFor(flags, surroundings);
  const known = toExportError(error);
  output.error(known);
  if (known.code === 'environment_invalid' && withoutEnvironment) output.remark(withoutEnvironment);
  if (known.kind === 'bug' && variables['LOG_LEVEL'] === 'debug') stderr.write(`${String(known.cause)}\n`);
  return exitCodeOf(known);
}

function outputFor({ json = false, lang }: SharedFlags, { stdout, stderr, variables }: Surroundings): Output {
  return new Output({ stdout, stderr, json, language: languageOf(lang, variables) });
}

/** The account chosen by the flags, looked up when the command asks for it. */
function accountOf(services: Services, flags: SharedFlags): () => Promise<Account> {
  let chosen: Promise<Account> | undefined;
  return () => (chosen ??= chooseAccount(services.ledger, flags.account));
}
