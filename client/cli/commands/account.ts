import { type Command, Option } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { ExportError } from '../../../errors/export-error.ts';
import { accountAddress } from '../../../amocrm/host.ts';
import { addAccount, listAccounts, type ListedAccount, removeAccount } from '../../account-admin.ts';
import { addCommand, type Runner } from '../command.ts';
import { confirm } from '../confirm.ts';
import { readSecret } from '../read-secret.ts';
import { table } from '../table.ts';

export function addAccountCommands(program: Command, runner: Runner): void {
  const group = program.command('account').description('amoCRM accounts: add, list, remove');

  addCommand<{ host: string; tokenStdin?: boolean }>(group, runner, {
    name: 'add',
    summary: 'add an amoCRM account, or give it a new token',
    options: [
      new Option('--host <host>', 'the account, such as example.amocrm.ru').makeOptionMandatory(),
      new Option('--token-stdin', 'read its long-lived token from standard input'),
    ],
    examples: [
      'account add --host example.amocrm.ru --token-stdin < token.txt',
      'account add --host example.amocrm.ru --token-stdin    (on a terminal it asks)',
    ],
    async run({ services, output, stdin }, { host, tokenStdin }) {
      // Before a person is asked for the token, let alone that it is sent.
      accountAddress(host, services.environment.INSECURE_HOSTS);
      if (tokenStdin !== true) {
        const problem = 'account add needs the long-lived token of the account: give it with --token-stdin';
        throw new ExportError('usage', { values: { problem }, field: 'token' });
      }
      const token = await readSecret(stdin, output.text({ en: 'Long-lived token', ru: 'Долгосрочный токен' }));
      const added = await addAccount(services.access, host, token);
      output.result(added, () => [
        output.text({
          en: `Account ${added.accountId} (${added.host}) is connected.`,
          ru: `Аккаунт ${added.accountId} (${added.host}) подключён.`,
        }),
      ]);
      return EXIT.done;
    },
  });

  addCommand(group, runner, {
    name: 'list',
    summary: 'list the accounts and what is still missing for each',
    examples: ['account list', 'account list --json'],
    async run({ services, output }) {
      const accounts = await listAccounts(services.ledger);
      output.result(accounts, () =>
        accounts.length === 0
          ? [output.text({ en: 'No accounts yet.', ru: 'Аккаунтов пока нет.' })]
          : table(accounts.map((account) => rowOf(account, Date.now()))),
      );
      return EXIT.done;
    },
  });

  addCommand<{ yes?: boolean }>(group, runner, {
    name: 'remove',
    summary: 'delete everything that is kept of an account',
    account: true,
    options: [new Option('--yes', 'do not ask')],
    examples: ['account remove --account example.amocrm.ru', 'account remove --account 31415926 --yes --json'],
    async run({ services, output, stdin, account }, { yes }) {
      const { accountId, host } = await account();
      const question = {
        en: `Delete everything of ${host}: calls, reports, and which of them were exported?`,
        ru: `Удалить всё по ${host}: звонки, отчёты и сведения о том, что выгружено?`,
      };
      if (yes !== true && !(await confirm(output, stdin, question))) return EXIT.done;
      const deleted = await removeAccount(services.ledger, await services.exports(), accountId);
      output.result({ accountId, host, deleted }, () =>
        table([
          [output.text({ en: `Deleted of ${host}:`, ru: `Удалено по ${host}:` })],
          ...Object.entries(deleted).map(([what, rows]) => [`  ${what}`, String(rows)]),
        ]),
      );
      output.remark({
        en: 'Temporal keeps the ids and counts of past exports (no names, phones or links) until its retention time ends; talks in SpeechSense stay.',
        ru: 'Temporal хранит номера и количества прошлых выгрузок (без имён, телефонов и ссылок) до конца своего срока хранения; диалоги в SpeechSense остаются.',
      });
      return EXIT.done;
    },
  });
}

function rowOf({ accountId, host, state, token, connection }: ListedAccount, nowMs: number): string[] {
  const days = token ? Math.floor((nowMs - Date.parse(token.since)) / 86_400_000) : 0;
  return [
    String(accountId),
    host,
    state,
    token ? `${token.kind} token, ${days} d` : '',
    connection ? `${connection.connectionId} (${connection.language})` : '',
  ];
}
