import { cancellationSignal, log } from '@temporalio/activity';
import { findExportError } from '../../errors/export-error.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import { talkReader } from '../../ledger/talks/talk-reader.ts';
import type { ReadAccess } from '../../speechsense/speechsense.ts';
import type { TalkReading } from '../talks/talk-reading.ts';

export interface KeyLearning {
  /** Only talks committed since then say what a connection keeps now. */
  since: Date;
  /** Talks asked for if need be: one first, because it usually is there, then the others together. */
  talks: number;
}

/**
 * Learns once an export which keys its connection keeps, by reading a talk back. Best effort: a read that comes to
 * nothing holds up no export, and is done another time.
 *
 * @returns whether the keys are known as of this export.
 */
export async function learnKeys(
  { ledger, speechSense }: Pick<TalkReading, 'ledger' | 'speechSense'>,
  { accountId, connectionId, startedAt }: ExportRow,
  open: () => Promise<ReadAccess>,
  { since, talks }: KeyLearning,
): Promise<boolean> {
  const known = await ledger.connectionKeys.read(accountId, connectionId);
  if (known && known.learnedAt >= startedAt) return true;
  const [first, ...others] = await ledger.registry.talksToLearnFrom(accountId, connectionId, since, talks);
  if (first === undefined) return false;
  try {
    const access = await open();
    for (const talkIds of others.length > 0 ? [[first], others] : [[first]]) {
      const [talk] = (await speechSense.getTalks(access, talkIds, ['talk_fields'])).talks;
      if (!talk) continue;
      await ledger.connectionKeys.put(accountId, connectionId, Object.keys(talk.fields));
      return true;
    }
  } catch (error) {
    const code = findExportError(error)?.code;
    if (cancellationSignal().aborted || code?.startsWith('speechsense_') !== true) throw error;
    log.warn('which keys the connection keeps could not be read', { code });
  }
  return false;
}

/** In passing a batch waits no longer than this to learn what becomes of its metadata. */
const IN_PASSING_MS = 5_000;

/** The same while the export goes on, in passing, so that a key that is dropped is told long before its end. */
export function learnKeysInPassing(deps: TalkReading): (row: ExportRow) => Promise<boolean> {
  return (row) => {
    const open = () => {
      const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(IN_PASSING_MS)]);
      return talkReader(deps.ledger, row, { share: deps.readShare, maxWaitMs: 0, signal });
    };
    return learnKeys(deps, row, open, { since: row.startedAt, talks: 1 });
  };
}
