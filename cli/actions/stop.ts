import { EXIT } from '../../errors/exit-codes.ts';
import type { CommandContext } from '../command.ts';
import { statusLines } from '../watch/status-lines.ts';

export async function stopRunning(context: CommandContext): Promise<number> {
  const { services, output } = context;
  const account = await context.account();
  const exports = await services.exports();
  const onWait = (taskQueue: string) =>
    output.remark({
      en: `The export is asked to stop; waiting for a worker of its task queue ${taskQueue} to end it.`,
      ru: `Выгрузке передано остановиться; ждём, когда её завершит исполнитель её очереди ${taskQueue}.`,
    });
  const status = await exports.stop(account.accountId, { onWait });
  if (status) output.result(status, () => statusLines(status, account, output.language));
  else sayNothingRuns(context);
  return EXIT.done;
}

export async function resumeBlocked(context: CommandContext): Promise<number> {
  const { services, output } = context;
  const { accountId } = await context.account();
  const exportId = await (await services.exports()).resume(accountId);
  if (exportId === undefined) sayNothingRuns(context);
  else {
    output.result({ exportId }, () => [
      output.text({ en: `Export ${exportId} goes on.`, ru: `Выгрузка ${exportId} продолжается.` }),
    ]);
  }
  return EXIT.done;
}

/** With `--json`, the object of no export: a script reads its null. */
function sayNothingRuns({ output }: CommandContext): void {
  output.result({ exportId: null }, () => [
    output.text({ en: 'No export is running.', ru: 'Сейчас ничего не выгружается.' }),
  ]);
}
