import { type Command, Option } from 'commander';
import { addCommand, type Runner } from '../command.ts';

export function addCheckCommand(program: Command, runner: Runner): void {
  addCommand<{ from?: string; to?: string; all?: boolean; adopt?: boolean }>(program, runner, {
    name: 'check',
    summary: 'compare what was exported with what SpeechSense has, call by call',
    account: true,
    options: [
      new Option('--from <date>', 'first day of the calls; the stored period where neither it nor --to is given'),
      new Option('--to <date>', 'last day, included'),
      new Option('--all', 'list calls that are there too'),
      new Option(
        '--adopt',
        'after a failover or a restored backup: first take in the talks that the ledger does not know',
      ),
    ],
    examples: ['check --from 2026-11-01 --to 2026-11-22', 'check --json | jq .missing', 'retry --missing'],
    run: async (context, flags) => (await import('../actions/check.ts')).checkExported(context, flags),
  });
}
