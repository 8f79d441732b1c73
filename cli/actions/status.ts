import { EXIT } from '../../errors/exit-codes.ts';
import { followToEnd } from '../watch/follow.ts';
import { statusLines } from '../watch/status-lines.ts';
import type { CommandContext } from '../command.ts';

export async function printStatus(
  context: CommandContext,
  { export: exportId, watch }: { export?: string; watch?: boolean },
): Promise<number> {
  const { services, output } = context;
  const account = await context.account();
  const exports = await services.exports();
  const status = await exports.status(account.accountId, exportId);
  if (watch === true) return followToEnd(context, exports, account, status.exportId);
  output.result(status, () => statusLines(status, account, output.language));
  return EXIT.done;
}
