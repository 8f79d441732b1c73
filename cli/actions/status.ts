import { EXIT } from '../../errors/exit-codes.ts';
import { followToEnd } from '../watch/follow.ts';
import { statusLines } from '../watch/status-lines.ts';
import type { CommandContext } from '../command.ts';
import type { Tolerance } from '../reason-options.ts';

export async function printStatus(
  context: CommandContext,
  { export: exportId, watch, tolerate }: { export?: string; watch?: boolean } & Tolerance,
): Promise<number> {
  const { services, output } = context;
  const account = await context.account();
  const exports = await services.exports();
  const status = await exports.status(account.accountId, exportId);
  if (watch === true) return followToEnd(context, exports, account, status.exportId, tolerate);
  output.result(status, () => statusLines(status, account, output.language));
  return EXIT.done;
}
