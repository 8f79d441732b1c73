import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { FAILURE_REASONS, WAITING_REASONS } from '../../../errors/reasons.ts';
import { beginExport } from '../begin-export.ts';
import { addCommand, type Runner } from '../command.ts';
import { confirm } from '../confirm.ts';

export function addRetryCommand(program: Command, runner: Runner): void {
  addCommand<{ reason?: string[]; unconfirmed?: boolean; missing?: boolean; watch?: boolean }>(program, runner, {
    name: 'retry',
    summary: 'export again the calls that failed or wait after the last export and its retries',
    account: true,
    options: [
      new Option('--reason <reason...>', 'only calls that failed or wait for this reason (repeatable)').argParser(
        withReasons,
      ),
      new Option('--unconfirmed', 'also calls whose answer was lost: each of them may become a second talk'),
      new Option('--missing', 'also calls whose talk the last `check` found gone from SpeechSense'),
      new Option('--watch', 'show the progress until the end'),
    ],
    examples: [
      'retry --watch',
      'retry --reason recording_unreachable --reason recording_truncated',
      'retry --unconfirmed --watch',
    ],
    async run(context, { reason: reasons = [], unconfirmed = false, missing = false, watch = false }) {
      const question = {
        en: 'Calls whose answer was lost may be in SpeechSense already. Send them again all the same?',
        ru: 'Звонки без ответа, возможно, уже есть в SpeechSense. Всё равно отправить их снова?',
      };
      // Where nobody can be asked, --unconfirmed itself was the decision.
      if (unconfirmed && (await confirm(context.output, context.stdin, question)) === false) return EXIT.done;
      const account = await context.account();
      return beginExport(context, account, watch, (exports) =>
        exports.retry(account.accountId, { reasons, unconfirmed, missing }),
      );
    },
  });
}

/** A misspelt reason would find nothing and look like good news. */
function withReasons(given: string, before: string[] = []): string[] {
  const known: readonly string[] = [...FAILURE_REASONS, ...WAITING_REASONS];
  const reasons = given.split(',');
  const unknown = reasons.find((reason) => !known.includes(reason));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no such reason; there are ${known.join(', ')}.`);
  }
  return [...before, ...reasons];
}
