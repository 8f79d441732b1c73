import { type Command, CommanderError } from 'commander';
import { EXIT } from '../errors/exit-codes.ts';
import type { CommandContext, SharedFlags } from './command.ts';
import { buildProgram } from './program.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Runs one command line. What commands work with is loaded when one runs, so that `--help` answers at once.
 *
 * @param args without the program's name.
 * @returns the exit code; whatever went wrong has been said.
 */
export async function runCli(args: string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let exitCode: number = EXIT.done;
  const program = buildProgram(run);
  // What commander has to say about a wrong line comes through sayFailure(), in the shape of every other error.
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
    if (error.code !== 'commander.help') return sayUsage(error);
    stderr.write(helpOf(program, args));
    return EXIT.usage;
  }
  return exitCode;

  async function run(flags: SharedFlags, work: (context: CommandContext) => Promise<number>): Promise<void> {
    const { runCommand } = await import('./run-command.ts');
    exitCode = await runCommand(flags, work, surroundings);
  }

  async function sayUsage(error: CommanderError): Promise<number> {
    const { sayFailure } = await import('./run-command.ts');
    return sayFailure(error, { json: args.includes('--json') }, surroundings);
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** `speechsense-export` or `speechsense-export account` alone: the help of what was named. */
function helpOf(program: Command, args: string[]): string {
  return (program.commands.find((command) => command.name() === args[0]) ?? program).helpInformation();
}
