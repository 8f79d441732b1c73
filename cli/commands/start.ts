import { type Command, Option } from 'commander';
import { addCommand, type Runner } from '../command.ts';
import { toTolerate, type Tolerance } from '../reason-options.ts';
import type { SettingsFlags } from '../settings/settings-flags.ts';
import { settingsOptions } from '../settings/settings-options.ts';

export function addStartCommand(program: Command, runner: Runner): void {
  addCommand<SettingsFlags & Tolerance & { watch?: boolean }>(program, runner, {
    name: 'start',
    summary: 'export the calls; flags win over the stored settings for this export only',
    account: true,
    options: [...settingsOptions(), new Option('--watch', 'show the progress until the end'), toTolerate()],
    examples: [
      'start --watch',
      'start --from 2026-11-01 --to 2026-11-22 --user 31415 --direction incoming --min-talk 30',
      'start --watch --tolerate recording_missing --tolerate recording_expired',
      'start --watch --json | jq .calls.exported',
    ],
    run: async (context, flags) => (await import('../actions/start.ts')).startCalls(context, flags),
  });
}
