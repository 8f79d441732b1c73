import { CommanderError } from 'commander';
import { EXIT, exitCodeOf } from '../../errors/exit-codes.ts';
import { accountOf, type CommandContext, type SharedFlags } from './command.ts';
import { toExportError } from './failure.ts';
import { languageOf } from './language.ts';
import { loadLocalEnvironment } from './local-environment.ts';
import { Output } from './output.ts';
import { buildProgram } from './program.ts';
import { Services } from './services.ts';

const args = process.argv.slice(2);
let exitCode: number = EXIT.done;

// A reader that has seen enough (`| head`) closes its end; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const localEnvironment = loadLocalEnvironment();
if (localEnvironment !== undefined && process.env['LOG_LEVEL'] === 'debug') {
  console.error(`The environment is that of a running \`npm start\`: ${localEnvironment}`);
}

const program = buildProgram(run);
// What commander has to say about a wrong line comes through fail(), in the shape of every other error.
const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands: nested }) => nested)];
for (const command of commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
try {
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) exitCode = EXIT.done;
  else if (error instanceof CommanderError && error.code === 'commander.help') {
    console.error(helpOf(args));
    exitCode = EXIT.usage;
  } else exitCode = fail(outputFor({ json: args.includes('--json') }), error);
}
// Written out before the end: a pipe takes its time.
process.stdout.write('', () => process.exit(exitCode));

async function run(flags: SharedFlags, work: (context: CommandContext) => Promise<number>): Promise<void> {
  const output = outputFor(flags);
  const services = new Services(process.env);
  try {
    exitCode = await work({ services, output, stdin: process.stdin, account: accountOf(services, flags) });
  } catch (error) {
    exitCode = fail(output, error);
  } finally {
    await services.close();
  }
}

function outputFor({ json = false, lang }: SharedFlags): Output {
  return new Output({
    stdout: process.stdout,
    stderr: process.stderr,
    json,
    language: languageOf(lang, process.env),
  });
}

function fail(output: Output, error: unknown): number {
  const known = toExportError(error);
  output.error(known);
  if (known.kind === 'bug' && process.env['LOG_LEVEL'] === 'debug') console.error(known.cause);
  return exitCodeOf(known);
}

/** `speechsense-export` or `speechsense-export account` alone: the help of what was named. */
function helpOf(given: string[]): string {
  return (program.commands.find((command) => command.name() === given[0]) ?? program).helpInformation();
}
