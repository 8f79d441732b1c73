import { type Command, Option } from 'commander';
import { addCommand, type Runner } from '../command.ts';

export function addFieldsCommand(program: Command, runner: Runner): void {
  addCommand<{ connectionKeys?: boolean }>(program, runner, {
    name: 'fields',
    summary: 'list the amoCRM fields that a mapping can name',
    account: true,
    options: [
      new Option(
        '--connection-keys',
        'instead: the keys that the SpeechSense connection needs, by the stored mapping, and which of them to create',
      ),
    ],
    examples: ['fields', 'fields --json', 'fields --connection-keys'],
    run: async (context, flags) => (await import('../actions/fields.ts')).printFieldsOrKeys(context, flags),
  });
}
