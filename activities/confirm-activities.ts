import { cancellationSignal } from '@temporalio/activity';
import { findExportError } from '../errors/export-error.ts';
import type { ExportRow } from '../ledger/exports.ts';
import type { LookTimes, LostTalk } from '../ledger/lost-talks.ts';
import type { ReadAccess, SpeechSense } from '../speechsense/speechsense.ts';
import { exportOf } from './export-of.ts';
import { type Matches, matchTalks } from './match-talks.ts';
import { planOptions, type PlanTimes } from './plan-options.ts';
import { talkReader, type TalkReaderDeps } from './talk-reader.ts';

export interface ConfirmDeps extends TalkReaderDeps, PlanTimes {
  speechSense: SpeechSense;
  /** When a talk whose answer was lost is looked for. */
  confirm: LookTimes;
}

export interface Confirmed {
  /** Batches there are now, those of calls that are sent again included. */
  batches: number;
  /** Null when nothing is looked for any more. */
  lookAgainInSeconds: number | null;
}

/** Lost talks looked for in one step: a handful of requests. */
const LOST_A_LOOK = 300;

/** Finding out what became of uploads whose answer was lost, and which metadata the connection keeps. */
export function createConfirmActivities(deps: ConfirmDeps) {
  const { ledger, speechSense } = deps;

  return {
    /**
     * Looks for the talks of this export's unconfirmed calls that are due: adopts those that are there, plans those
     * again that are certainly not, gives up what cannot be told in time. Run twice, it looks again at what is left.
     *
     * @throws {ExportError} `speechsense_…`; a quota that is used up says when to come back.
     */
    async confirmTalks({ exportId, batchSize }: { exportId: string; batchSize: number }): Promise<Confirmed> {
      const row = await exportOf(ledger, exportId);
      const access = await talkReader(deps, row, cancellationSignal());
      const learnInSeconds = await learnKeys(row, access);
      const lost = await ledger.lostTalks.due(exportId, deps.confirm, LOST_A_LOOK);
      const { found, ambiguous, absent, unseen } = await lookFor(row, access, lost);

      for (const { lost: upload, talkId } of found) {
        // Its answer came meanwhile, or the talk is somebody else's: then it is looked for once more.
        if (!(await ledger.lostTalks.adopt(upload, talkId))) unseen.push(upload);
      }
      const [certain, doubtful] = [absent.filter(wasAbsent), absent.filter((upload) => !wasAbsent(upload))];
      await ledger.lostTalks.looked(doubtful, true);
      await ledger.lostTalks.looked([...ambiguous, ...unseen], false);
      await ledger.lostTalks.giveUp(exportId, idsOf(ambiguous.filter(({ overdue }) => overdue)), 'talk_ambiguous');
      await ledger.lostTalks.giveUp(exportId, idsOf(unseen.filter(({ overdue }) => overdue)), 'talk_not_found');
      const { batches } = await ledger.lostTalks.sendAgain(exportId, certain, planOptions(deps, batchSize));
      const lookAgain = await ledger.lostTalks.nextInSeconds(exportId, deps.confirm);
      return { batches, lookAgainInSeconds: earlier(lookAgain, learnInSeconds) };
    },
  };

  /**
   * Learns once an export which keys the connection keeps, by reading a talk back.
   *
   * @returns seconds until it is worth another try; null when it is known, or not worth waiting for.
   */
  async function learnKeys({ accountId, connectionId, startedAt, settings }: ExportRow, access: ReadAccess) {
    const known = await ledger.connectionKeys.read(accountId, connectionId);
    if (known && known.learnedAt >= startedAt) return null;
    const talkIds = await ledger.connectionKeys.talksToLearnFrom(accountId, connectionId);
    if (talkIds.length === 0) return null;
    const [talk] = (await speechSense.getTalks(access, talkIds, ['talk_fields'])).sort(
      (one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0),
    );
    if (talk) {
      await ledger.connectionKeys.put(accountId, connectionId, Object.keys(talk.fields), new Date());
      return null;
    }
    // Nothing to be seen yet. Somebody who maps fields to a connection for the first time wants to know what arrived.
    const mapped = Object.values(settings.mapping).some((block) => block.length > 0);
    const waitedMs = Date.now() - startedAt.getTime();
    const { afterSeconds } = deps.confirm;
    return known === undefined && mapped && waitedMs < 3 * afterSeconds * 1000 ? afterSeconds : null;
  }

  interface Look extends Omit<Matches, 'none'> {
    /** Not there, while talks that were committed later are. */
    absent: LostTalk[];
    /** Not there, which says nothing. */
    unseen: LostTalk[];
  }

  async function lookFor(row: ExportRow, access: ReadAccess, lost: LostTalk[]): Promise<Look> {
    const look: Look = { found: [], ambiguous: [], absent: [], unseen: [] };
    if (lost.length === 0) return look;
    const keys = (await ledger.connectionKeys.read(row.accountId, row.connectionId))?.keys;
    try {
      // The witnesses first: what comes into the index between the two looks must not seem to be missing.
      const witnesses = lost.flatMap((upload) => upload.witnesses.map(({ sent }) => sent));
      const seen = new Set(await speechSense.findTalks(access, distinct(witnesses), keys));
      const { none, ...matches } = await match(row, access, lost, keys);
      const absent = none.filter((upload) => isAbsent(upload, seen));
      // A connection that got its key `call_id` late has earlier talks without it: those are found by their dates.
      const rest =
        absent.length > 0 && keys?.includes('call_id') === true
          ? await match(
              row,
              access,
              absent,
              keys.filter((key) => key !== 'call_id'),
            )
          : { found: [], ambiguous: [], none: absent };
      return {
        found: [...matches.found, ...rest.found],
        ambiguous: [...matches.ambiguous, ...rest.ambiguous],
        absent: rest.none,
        unseen: none.filter((upload) => !absent.includes(upload)),
      };
    } catch (error) {
      if (findExportError(error)?.code !== 'speechsense_search_refused') throw error;
      return { ...look, unseen: lost };
    }
  }

  async function match(row: ExportRow, access: ReadAccess, lost: LostTalk[], keys: readonly string[] | undefined) {
    const traits = lost.map(({ sent }) => sent);
    const talkIds = await speechSense.findTalks(access, traits, keys);
    const known = await ledger.lostTalks.known(row.accountId, row.connectionId, talkIds);
    const strangers = talkIds.filter((talkId) => !known.has(talkId));
    return matchTalks(lost, await speechSense.getTalks(access, strangers, ['talk_fields']));
  }
}

function wasAbsent({ absentSince }: LostTalk): boolean {
  return absentSince !== null;
}

/** Absent for certain, if it is so twice: what was sent of it is known, and all its witnesses can be seen. */
function isAbsent({ sent, expired, witnesses }: LostTalk, seen: ReadonlySet<string>): boolean {
  return (
    sent['date'] !== undefined && !expired && witnesses.length > 0 && witnesses.every(({ talkId }) => seen.has(talkId))
  );
}

function idsOf(lost: LostTalk[]): number[] {
  return lost.map(({ callId }) => callId);
}

function distinct(traits: Record<string, string>[]): Record<string, string>[] {
  return [...new Map(traits.map((sent) => [JSON.stringify(sent), sent])).values()];
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
