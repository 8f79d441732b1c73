import { type Command, Option } from 'commander';
import { EXIT, exitCodeOf } from '../../../errors/exit-codes.ts';
import { ExportError } from '../../../errors/export-error.ts';
import { CALL_ID_ADVICE, checkConnection, CONNECTION_WORKS, setConnection } from '../../connection-admin.ts';
import { addCommand, type Runner } from '../command.ts';
import { readSecret } from '../read-secret.ts';

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
    async run({ services, output, stdin, account }, { connectionId, language, apiKeyStdin }) {
      const { accountId } = await account();
      if (apiKeyStdin !== true) {
        const problem = 'connection set needs the API key of the service account: give it with --api-key-stdin';
        throw new ExportError('usage', { values: { problem }, field: 'apiKey' });
      }
      const apiKey = await readSecret(stdin, output.text({ en: 'API key', ru: 'API-ключ' }));
      const set = await setConnection(services.access, accountId, { connectionId, language, apiKey });
      output.result(set, () => [
        output.text({
          en: `Calls of account ${accountId} go to connection ${set.connectionId} (${set.language}).`,
          ru: `Звонки аккаунта ${accountId} пойдут в подключение ${set.connectionId} (${set.language}).`,
        }),
      ]);
      return EXIT.done;
    },
  });

  addCommand(group, runner, {
    name: 'check',
    summary: 'ask SpeechSense whether the connection and its key work',
    account: true,
    examples: ['connection check', 'connection check --json'],
    async run({ services, output, account }) {
      const { accountId } = await account();
      const { error, keepsCallId } = await checkConnection(services.access, accountId);
      const message = error?.sentence(output.language) ?? output.text(CONNECTION_WORKS);
      const requestId = error?.requestId ?? null;
      output.result({ ok: error === undefined, code: error?.code ?? null, message, requestId, keepsCallId }, () => [
        message,
        ...(requestId === null ? [] : [`request id: ${requestId}`]),
        ...(keepsCallId === false ? [output.text(CALL_ID_ADVICE)] : []),
      ]);
      return error ? exitCodeOf(error) : EXIT.done;
    },
  });
}
