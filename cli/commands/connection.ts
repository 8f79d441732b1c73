import { type Command, Option } from 'commander';
import { addCommand, type Runner } from '../command.ts';

export function addConnectionCommands(program: Command, runner: Runner): void {
  const group = program.command('connection').description('the SpeechSense connection of an account: set, check');

  addCommand<{ connectionId: string; language: string; apiKeyStdin?: boolean }>(group, runner, {
    name: 'set',
    summary: 'say where the calls go; the key is tried first',
    account: true,
    options: [
      new Option('--connection-id <id>', 'ID from the connection page of the space').makeOptionMandatory(),
      new Option('--language <language>', '"ru-RU" or "ru-RU, kk-KZ"').default('ru-RU'),
      new Option('--api-key-stdin', 'read the API key of the service account from standard input'),
    ],
    examples: ['connection set --connection-id eavexample --language ru-RU --api-key-stdin < key.txt'],
    run: async (context, flags) => (await import('../actions/connection.ts')).chooseConnection(context, flags),
  });

  addCommand(group, runner, {
    name: 'check',
    summary: 'ask SpeechSense whether the connection and its key work, and look for ffmpeg here',
    account: true,
    examples: ['connection check', 'connection check --json'],
    run: async (context) => (await import('../actions/connection.ts')).tryConnection(context),
  });
}
