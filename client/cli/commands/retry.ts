import { type Command, Option } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { beginExport } from '../begin-export.ts';
import { addCommand, type Runner } from '../command.ts';
import { confirm } from '../confirm.ts';

export function addRetryCommand(program: Command, runner: Runner): void {
  addCommand<{ reason?: string[]; unconfirmed?: boolean; missing?: boolean; watch?: boolean }>(program, runner, {
    name: 'retry',
    summary: 'export again the failed and waiting calls of the last export',
    account: true,
    options: [
      new Option('--reason <reason...>', 'only calls that failed for this reason (repeatable)'),
      new Option('--unconfirmed', 'also calls whose answer was lost: each of them may become a second talk'),
      new Option('--missing', 'also calls whose talk the last `check` found gone from SpeechSense'),
      new Option('--watch', 'show the progress until the end'),
    ],
    examples: ['retry --watch', 'retry --reason recording_unreachable --reason recording_truncated'],
    async run(context, { reason, unconfirmed = false, missing = false, watch = false }) {
      const question = {
        en: 'Calls whose answer was lost may be in SpeechSense already. Send them again all the same?',
        ru: 'Звонки без ответа, возможно, уже есть в SpeechSense. Всё равно отправить их снова?',
      };
      if (unconfirmed && !(await confirm(context.output, context.stdin, question))) return EXIT.done;
      const account = await context.account();
      const reasons = reason?.flatMap((names) => names.split(',')) ?? [];
      return beginExport(context, account, watch, (exports) =>
        exports.retry(account.accountId, { reasons, unconfirmed, missing }),
      );
    },
  });
}
