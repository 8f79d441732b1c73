import { type Command, Option } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import type { Sentence } from '../../../errors/codes.ts';
import { repeatedCalls } from '../../repeated-calls.ts';
import { beginExport } from '../begin-export.ts';
import { addCommand, type Runner } from '../command.ts';
import { confirm } from '../confirm.ts';
import { mappingRemarks } from '../mapping-remarks.ts';
import { type SettingsFlags, settingsOptions } from '../settings-flags.ts';
import { settingsOfExport } from '../settings-of-export.ts';

export function addStartCommand(program: Command, runner: Runner): void {
  addCommand<SettingsFlags & { watch?: boolean }>(program, runner, {
    name: 'start',
    summary: 'export the calls; flags win over the stored settings for this export only',
    account: true,
    options: [...settingsOptions(), new Option('--watch', 'show the progress until the end')],
    examples: [
      'start --watch',
      'start --from 2026-11-01 --to 2026-11-22 --user 31415 --direction incoming --min-talk 30',
      'start --watch --json | jq .calls.exported',
    ],
    async run(context, flags) {
      const account = await context.account();
      const settings = await settingsOfExport(context, account, flags);
      for (const warning of await mappingRemarks(context, account, settings.mapping)) context.output.remark(warning);
      const repeats = await repeatedCalls(context.services.ledger, account, settings, new Date());
      // Where nobody can be asked, the setting itself was the decision.
      if (repeats > 0 && (await confirm(context.output, context.stdin, question(repeats))) === false) return EXIT.done;
      return beginExport(context, account, flags.watch === true, (exports) =>
        exports.start(account.accountId, settings),
      );
    },
  });
}

const question = (repeats: number): Sentence => ({
  en: `Calls that the connection already has: ${repeats}. Send them again? Yandex Cloud charges for them once more.`,
  ru: `Звонков, которые уже есть в подключении: ${repeats}. Отправить их повторно? Yandex Cloud возьмёт плату ещё раз.`,
});
