import { EXIT } from '../../errors/exit-codes.ts';
import { beginExport } from '../begin-export.ts';
import { confirm } from '../terminal/confirm.ts';
import type { CommandContext } from '../command.ts';
import type { Tolerance } from '../reason-options.ts';

export async function retryCalls(
  context: CommandContext,
  {
    reason: reasons = [],
    unconfirmed = false,
    missing = false,
    watch = false,
    tolerate = [],
  }: { reason?: string[]; unconfirmed?: boolean; missing?: boolean; watch?: boolean } & Tolerance,
): Promise<number> {
  const question = {
    en: 'Calls whose answer was lost may be in SpeechSense already. Send them again all the same?',
    ru: 'Звонки без ответа, возможно, уже есть в SpeechSense. Всё равно отправить их снова?',
  };
  // Where nobody can be asked, --unconfirmed itself was the decision.
  if (unconfirmed && (await confirm(context.output, context.stdin, question)) === false) return EXIT.done;
  const account = await context.account();
  return beginExport(context, account, { watch, tolerate }, (exports) =>
    exports.retry(account.accountId, { reasons, unconfirmed, missing }),
  );
}
