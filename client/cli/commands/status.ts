import { type Command, Option } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { addCommand, type Runner } from '../command.ts';
import { followToEnd } from '../watch/follow.ts';
import { statusLines } from '../watch/status-lines.ts';

export function addStatusCommand(program: Command, runner: Runner): void {
  addCommand<{ export?: string; watch?: boolean }>(program, runner, {
    name: 'status',
    summary: 'show how the running or the last export stands',
    account: true,
    options: [
      new Option('--export <id>', 'another one than the last'),
      new Option('--watch', 'show the progress until the end'),
    ],
    examples: ['status', 'status --watch', 'status --json'],
    async run(context, { export: exportId, watch }) {
      const { services, output } = context;
      const account = await context.account();
      const exports = await services.exports();
      const status = await exports.status(account.accountId, exportId);
      if (watch === true) return followToEnd(context, exports, account, status.exportId);
      output.result(status, () => statusLines(status, account, output.language));
      return EXIT.done;
    },
  });
}
