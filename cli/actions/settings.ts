import { EXIT } from '../../errors/exit-codes.ts';
import { assertKnownUsers } from '../../client/accounts/known-users.ts';
import { mappingRemarks } from '../settings/mapping-remarks.ts';
import { readSettingsFile } from '../settings/settings-file.ts';
import type { CommandContext } from '../command.ts';

export async function printSettings(context: CommandContext): Promise<number> {
  const { services, output } = context;
  const account = await context.account();
  const { settings } = await services.ledger.settings.read(account.accountId);
  output.result(settings, () => [JSON.stringify(settings, null, 2)]);
  for (const warning of await mappingRemarks(context, account, settings.mapping)) output.remark(warning);
  return EXIT.done;
}

export async function storeSettings(context: CommandContext, { file }: { file: string }): Promise<number> {
  const { services, output, stdin } = context;
  const settings = await readSettingsFile(file, stdin);
  const account = await context.account();
  const { accountId, host } = account;
  await assertKnownUsers(await services.access(), account, settings);
  await services.ledger.settings.put(accountId, settings);
  output.result(settings, () => [
    output.text({ en: `The settings of ${host} are stored.`, ru: `Настройки ${host} сохранены.` }),
  ]);
  for (const warning of await mappingRemarks(context, account, settings.mapping)) output.remark(warning);
  return EXIT.done;
}
