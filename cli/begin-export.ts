import type { Sentence } from '../errors/codes.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { ExportError } from '../errors/export-error.ts';
import type { Account } from '../ledger/accounts/accounts.ts';
import type { ExportClient } from '../client/export-client.ts';
import { preflight } from '../client/previews/preflight.ts';
import type { CommandContext } from './command.ts';
import type { Tolerance } from './reason-options.ts';
import { followToEnd } from './watch/follow.ts';
import { statusLines } from './watch/status-lines.ts';

/**
 * What `start` and `retry` share: nothing runs, both ends let us in, then the export is started and, if so asked,
 * watched to its end.
 *
 * @returns the exit code.
 */
export async function beginExport(
  context: CommandContext,
  account: Account,
  { watch, tolerate }: Tolerance & { watch?: boolean },
  begin: (exports: ExportClient) => Promise<string>,
): Promise<number> {
  const { services, output } = context;
  const exports = await services.exports();
  const running = await exports.running(account.accountId);
  if (running !== undefined) throw new ExportError('export_already_running', { values: { exportId: running } });

  for (const error of await preflight(await services.access(), account)) output.warning(error);
  const exportId = await begin(exports);
  const isServed = await warnWithoutWorkers(context);
  if (watch === true) return followToEnd(context, exports, account, exportId, tolerate);

  const status = await exports.status(account.accountId, exportId);
  output.result(status, () => [
    ...statusLines(status, account, output.language),
    output.text(isServed ? RUNS : BEGINS_LATER),
  ]);
  return EXIT.done;
}

const RUNS: Sentence = {
  en: 'It runs by itself now. `status --watch` shows it, `stop` ends it.',
  ru: 'Дальше она идёт сама. Следить: `status --watch`, остановить: `stop`.',
};

const BEGINS_LATER: Sentence = {
  en: 'It begins by itself when such a worker runs. `status --watch` shows it, `stop` ends it.',
  ru: 'Она начнётся сама, когда появится исполнитель. Следить: `status --watch`, остановить: `stop`.',
};

/**
 * An export without a worker waits in silence; that is said.
 *
 * @returns whether a worker is there.
 */
export async function warnWithoutWorkers({ services, output }: CommandContext): Promise<boolean> {
  const taskQueue = services.environment.TEMPORAL_TASK_QUEUE;
  if (await (await services.exports()).hasWorkers()) return true;
  output.remark({
    en: `No worker serves the task queue ${taskQueue} now: nothing happens until one is started (npm run worker).`,
    ru: `Очередь ${taskQueue} сейчас никто не обслуживает: запустите исполнителя (npm run worker).`,
  });
  return false;
}
