import { type Command, Option } from 'commander';
import { addCommand, type Runner } from '../command.ts';

export function addAccountCommands(program: Command, runner: Runner): void {
  const group = program.command('account').description('amoCRM accounts: add, list, remove');

  addCommand<{ host: string; tokenStdin?: boolean; codeStdin?: boolean }>(group, runner, {
    name: 'add',
    summary: 'connect an amoCRM account, or connect it again; without a token or code: print its consent page',
    options: [
      new Option('--host <host>', 'the account, such as example.amocrm.ru').makeOptionMandatory(),
      new Option('--token-stdin', 'read its long-lived token from standard input').conflicts('codeStdin'),
      new Option(
        '--code-stdin',
        'read the code of the integration’s keys tab, or the whole address that the consent page led to',
      ),
    ],
    examples: [
      'account add --host example.amocrm.ru --token-stdin < token.txt',
      'account add --host example.amocrm.ru --token-stdin    (on a terminal it asks)',
      'account add --host example.amocrm.ru                  (prints the consent page; its link lives 20 minutes)',
      'account add --host example.amocrm.ru --code-stdin     (afterwards: the address that the browser ended at)',
    ],
    run: async (context, flags) => (await import('../actions/account.ts')).connectAccount(context, flags),
  });

  addCommand(group, runner, {
    name: 'list',
    summary: 'list the accounts, how we are let into each, and who must act',
    examples: ['account list', 'account list --json'],
    run: async (context) => (await import('../actions/account.ts')).printAccounts(context),
  });

  addCommand<{ yes?: boolean }>(group, runner, {
    name: 'remove',
    summary: 'delete everything that is kept of an account',
    account: true,
    options: [new Option('--yes', 'do not ask; without a terminal and with --json nothing is deleted without it')],
    examples: ['account remove --account example.amocrm.ru', 'account remove --account 31415926 --yes --json'],
    run: async (context, flags) => (await import('../actions/account.ts')).deleteAccount(context, flags),
  });
}
