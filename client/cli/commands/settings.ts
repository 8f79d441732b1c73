import { type Command, Option } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { assertKnownUsers } from '../../known-users.ts';
import { addCommand, PROGRAM, type Runner } from '../command.ts';
import { mappingRemarks } from '../mapping-remarks.ts';
import { readSettingsFile } from '../settings-file.ts';

export function addSettingsCommands(program: Command, runner: Runner): void {
  const group = program.command('settings').description('what an account exports: show, set');

  addCommand(group, runner, {
    name: 'show',
    summary: 'print the stored settings, as a file that `settings set` takes',
    account: true,
    examples: ['settings show > settings.json'],
    async run(context) {
      const { services, output } = context;
      const account = await context.account();
      const { settings } = await services.ledger.settings.read(account.accountId);
      output.result(settings, () => [JSON.stringify(settings, null, 2)]);
      for (const warning of await mappingRemarks(context, account, settings.mapping)) output.remark(warning);
      return EXIT.done;
    },
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
    async run(context, { file }) {
      const { services, output, stdin } = context;
      const settings = await readSettingsFile(file, stdin);
      const account = await context.account();
      const { accountId, host } = account;
      await assertKnownUsers(services.access, account, settings);
      await services.ledger.settings.put(accountId, settings);
      output.result(settings, () => [
        output.text({ en: `The settings of ${host} are stored.`, ru: `Настройки ${host} сохранены.` }),
      ]);
      for (const warning of await mappingRemarks(context, account, settings.mapping)) output.remark(warning);
      return EXIT.done;
    },
  });
}
