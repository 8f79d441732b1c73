import { type Command, Option } from 'commander';
import { beginExport } from '../begin-export.ts';
import { addCommand, type Runner } from '../command.ts';
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
      return beginExport(context, account, flags.watch === true, (exports) =>
        exports.start(account.accountId, settings),
      );
    },
  });
}
