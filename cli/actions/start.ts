import type { Sentence } from '../../errors/codes.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { repeatedCalls } from '../../client/previews/repeated-calls.ts';
import { beginExport } from '../begin-export.ts';
import { confirm } from '../terminal/confirm.ts';
import { mappingRemarks } from '../settings/mapping-remarks.ts';
import type { SettingsFlags } from '../settings/settings-flags.ts';
import { settingsOfExport } from '../settings/settings-of-export.ts';
import type { CommandContext } from '../command.ts';
import type { Tolerance } from '../reason-options.ts';

export async function startCalls(
  context: CommandContext,
  flags: SettingsFlags & Tolerance & { watch?: boolean },
): Promise<number> {
  const account = await context.account();
  const settings = await settingsOfExport(context, account, flags);
  for (const warning of await mappingRemarks(context, account, settings.mapping)) context.output.remark(warning);
  const repeats = await repeatedCalls(context.services.ledger, account, settings, new Date());
  // Where nobody can be asked, the setting itself was the decision.
  if (repeats > 0 && (await confirm(context.output, context.stdin, question(repeats))) === false) return EXIT.done;
  return beginExport(context, account, flags, (exports) => exports.start(account.accountId, settings));
}

const question = (repeats: number): Sentence => ({
  en: `Calls that the connection already has: ${repeats}. Send them again? Yandex Cloud charges for them once more.`,
  ru: `Звонков, которые уже есть в подключении: ${repeats}. Отправить их повторно? Yandex Cloud возьмёт плату ещё раз.`,
});
