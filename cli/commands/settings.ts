import { type Command, Option } from 'commander';
import { addCommand, PROGRAM, type Runner } from '../command.ts';

export function addSettingsCommands(program: Command, runner: Runner): void {
  const group = program.command('settings').description('what an account exports: show, set');

  addCommand(group, runner, {
    name: 'show',
    summary: 'print the stored settings, as a file that `settings set` takes',
    account: true,
    examples: ['settings show > settings.json'],
    run: async (context) => (await import('../actions/settings.ts')).printSettings(context),
  });

  addCommand<{ file: string }>(group, runner, {
    name: 'set',
    summary: 'store settings from a JSON file; what it leaves out takes its default',
    account: true,
    options: [new Option('--file <file>', 'JSON file, - for standard input').makeOptionMandatory()],
    examples: [
      'settings set --file settings.json',
      `echo '{ "direction": "incoming", "talkSeconds": { "min": 30 } }' | ${PROGRAM} settings set --file -`,
    ],
    run: async (context, flags) => (await import('../actions/settings.ts')).storeSettings(context, flags),
  });
}
