import type { Sentence } from '../../errors/codes.ts';
import type { Account } from '../../ledger/accounts.ts';
import type { Mapping } from '../../settings/mapping.ts';
import { mappingWarnings, NOT_ASKED } from '../mapping-warnings.ts';
import type { CommandContext } from './command.ts';

/** What of the mapping can bring nothing; that amoCRM does not answer now is only a remark. */
export async function mappingRemarks(
  { services, output }: CommandContext,
  account: Account,
  mapping: Mapping,
): Promise<Sentence[]> {
  const warnings = await mappingWarnings(services.access, account, mapping);
  if (!warnings) output.remark(NOT_ASKED);
  return warnings ?? [];
}
