import { type Command, CommanderError } from 'commander';
import type { Sentence } from '../../errors/codes.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { exitCodeOf } from '../../errors/outcome.ts';
import { accountOf, type CommandContext, type SharedFlags } from './command.ts';
import { toExportError } from './failure.ts';
import { languageOf } from './language.ts';
import { Output } from './output.ts';
import { buildProgram } from './program.ts';
import { Services } from './services.ts';
import type { Input, Printer } from './streams.ts';

/** What a run of the command line has around it. */
export interface Surroundings {
  variables: Record<string, string | undefined>;
  stdin: Input;
  stdout: Printer;
  stderr: Printer;
  /** Is told, when a command begins, what to wait for before the process may end in its middle. */
  beforeEnd?: (wait: () => Promise<void>) => void;
  /** Said after an environment that is not valid: where it might have come from. */
  withoutEnvironment?: Sentence;
}

/**
 * Runs one command line.
 *
 * @param args without the program's name.
 * @returns the exit code; whatever went wrong has been said.
 */
export async function runCli(args: string[], surroundings: Surroundings): Promise<number> {
  const { variables, stdin, stdout, stderr, beforeEnd, withoutEnvironment } = surroundings;
  let exitCode: number = EXIT.done;
  const program = buildProgram(run);
  // What commander has to say about a wrong line comes through fail(), in the shape of every other error.
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: () => undefined,
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (error.code !== 'commander.help') return fail(outputFor({ json: args.includes('--json') }), error);
    stderr.write(helpOf(program, args));
    return EXIT.usage;
  }
  return exitCode;

  async function run(flags: SharedFlags, work: (context: CommandContext) => Promise<number>): Promise<void> {
    const output = outputFor(flags);
    const services = new Services(variables);
    beforeEnd?.(() => services.refreshed());
    try {
      exitCode = await work({ services, output, stdin, account: accountOf(services, flags) });
    } catch (error) {
      exitCode = fail(output, error);
    } finally {
      await services.close();
    }
  }

  function outputFor({ json = false, lang }: SharedFlags): Output {
    return new Output({ stdout, stderr, json, language: languageOf(lang, variables) });
  }

  function fail(output: Output, error: unknown): number {
    const known = toExportError(error);
    output.error(known);
    if (known.code === 'environment_invalid' && withoutEnvironment) output.remark(withoutEnvironment);
    if (known.kind === 'bug' && variables['LOG_LEVEL'] === 'debug') stderr.write(`${String(known.cause)}\n`);
    return exitCodeOf(known);
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** `speechsense-export` or `speechsense-export account` alone: the help of what was named. */
function helpOf(program: Command, args: string[]): string {
  return (program.commands.find((command) => command.name() === args[0]) ?? program).helpInformation();
}
