import { ExportError } from '../../errors/export-error.ts';
import { talkReader } from '../../ledger/talks/talk-reader.ts';
import type { Interval } from '../../settings/period.ts';
import { traitsOf } from '../../speechsense/uploads/talk-traits.ts';
import type { AccountAccess } from '../accounts/account-access.ts';

export interface Adopted {
  /** Talks that the ledger did not know and knows now. */
  talkIds: string[];
  /** Seconds after which it has to be run once more, as talks may not be seen before; 0 when exports may go on. */
  againInSeconds: number;
}

/** Talks that are read at once. */
const PORTION = 500;

/**
 * Takes the talks of a period that the ledger does not know into it, by their `call_id`, after it has lost commits.
 *
 * @param period by the calls' own times. @throws {ExportError} `adoption_needs_call_id`, `speechsense_…`
 */
export async function adoptTalks(access: AccountAccess, accountId: number, period: Interval): Promise<Adopted> {
  const { ledger, speechSense, readShare, absentAfterSeconds } = access;
  const reader = await talkReader(ledger, { accountId }, { share: readShare, maxWaitMs: Infinity });
  const { connectionId } = reader;
  const found = await speechSense.findTalksDated(reader, period.from, new Date(period.until.getTime() - 1));
  const talkIds: string[] = [];
  for (let from = 0; from < found.length; from += PORTION) {
    const portion = found.slice(from, from + PORTION);
    const known = await ledger.registry.known(accountId, connectionId, portion);
    const unknown = portion.filter((talkId) => !known.has(talkId));
    const { talks, untold } = await speechSense.getTalks(reader, unknown, ['talk_fields']);
    if (untold.length > 0) throw new ExportError('speechsense_search_refused');
    if (talks.some(({ fields }) => fields['call_id'] === undefined)) throw new ExportError('adoption_needs_call_id');
    const named = talks
      .map(({ talkId, createdAt, fields }) => ({
        talkId,
        noteId: Number(fields['call_id']),
        createdAt: createdAt ?? null,
        sent: traitsOf(fields),
      }))
      .filter(({ noteId }) => Number.isSafeInteger(noteId) && noteId !== 0);
    talkIds.push(...(await ledger.unknownTalks.takeIn(accountId, connectionId, named)));
  }
  return { talkIds, againInSeconds: await ledger.lineage.accept(accountId, absentAfterSeconds) };
}
