import type { Command } from 'commander';
import { addCommand, type Runner } from '../command.ts';
import type { SettingsFlags } from '../settings/settings-flags.ts';
import { settingsOptions } from '../settings/settings-options.ts';

export function addPreviewCommand(program: Command, runner: Runner): void {
  addCommand<SettingsFlags>(program, runner, {
    name: 'preview',
    summary: 'count the calls that an export would send, with its time and price, without sending any',
    account: true,
    options: settingsOptions(),
    examples: ['preview', 'preview --from 2026-11-01 --to 2026-11-22 --min-talk 30 --json'],
    run: async (context, flags) => (await import('../actions/preview.ts')).previewCalls(context, flags),
  });
}
