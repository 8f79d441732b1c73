import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../environment/project-root.ts';
import { PROGRAM, type Runner } from './command.ts';
import { addAccountCommands } from './commands/account.ts';
import { addCheckCommand } from './commands/check.ts';
import { addConnectionCommands } from './commands/connection.ts';
import { addFieldsCommand } from './commands/fields.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addPreviewCommand } from './commands/preview.ts';
import { addReportCommand } from './commands/report.ts';
import { addRetryCommand } from './commands/retry.ts';
import { addSettingsCommands } from './commands/settings.ts';
import { addStartCommand } from './commands/start.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStopCommands } from './commands/stop.ts';
import { addUsersCommand } from './commands/users.ts';

const EXIT_CODES = `
Exit codes:
  0 done · 1 unexpected · 2 usage or settings · 3 finished with failed or unconfirmed calls, or differences found by check · 4 stopped
  5 a service can't be reached · 6 an export is already running · 7 not authorised

The environment (DATABASE_URL, ENCRYPTION_KEYS, TEMPORAL_ADDRESS, …) is described in docs/operations.md and .env.example.`;

/** The whole command line; what a command does is run by the runner. */
export function buildProgram(runner: Runner): Command {
  const program = new Command(PROGRAM)
    .description('Exports amoCRM calls to Yandex SpeechSense: all of them, once each.')
    .version(version(), '--version', 'print the version')
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  addAccountCommands(program, runner);
  addConnectionCommands(program, runner);
  addSettingsCommands(program, runner);
  addUsersCommand(program, runner);
  addFieldsCommand(program, runner);
  addPreviewCommand(program, runner);
  addStartCommand(program, runner);
  addStatusCommand(program, runner);
  addStopCommands(program, runner);
  addReportCommand(program, runner);
  addRetryCommand(program, runner);
  addCheckCommand(program, runner);
  addMigrateCommand(program, runner);
  return program;
}

/** As package.json has it; a build and a clone each have one. */
function version(): string {
  const file = readFileSync(path.join(projectRoot(), 'package.json'), 'utf8');
  const { version } = JSON.parse(file) as { version: string };
  return version;
}
