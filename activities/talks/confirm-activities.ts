import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import type { LookTimes, LostTalk } from '../../ledger/talks/lost-talks.ts';
import { talkReader } from '../../ledger/talks/talk-reader.ts';
import type { ReadAccess } from '../../speechsense/speechsense.ts';
import { exportOf } from '../export-of.ts';
import { learnKeys } from '../transfers/learn-keys.ts';
import { type Matches, matchTalks } from './match-talks.ts';
import { planOptions, type PlanTimes } from '../listing/plan-options.ts';
import type { TalkReading } from './talk-reading.ts';

export interface ConfirmDeps extends TalkReading, PlanTimes {
  /** When a talk whose answer was lost is looked for. */
  confirm: LookTimes;
}

export interface Confirmed {
  /** Batches there are now, those of calls that are sent again included. */
  batches: number;
  /** Null when nothing is looked for any more. */
  lookAgainInSeconds: number | null;
}

/** Lost talks looked for in one step, a few at a time: what is known of those is written down before the next are. */
const LOST_A_LOOK = 300;
const AT_A_TIME = 20;
/** Without `call_id` each talk, and each of its witnesses, may be a search of its own. */
const AT_A_TIME_BY_DATE = 5;
/** With an hour's quota used up, a request has to wait for some 15 s: a step ends long before its time is over. */
const LOOK_MS = 2 * 60_000;
const MAX_WAIT_MS = 60_000;
/** Talks that are asked, if need be, which keys the connection keeps. */
const TALKS_TO_LEARN_FROM = 10;

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
      // Reads that come to nothing must not keep the export from its end.
      if (hasTriedFor(deps.confirm.withinSeconds)) await ledger.lostTalks.giveUpOverdue(exportId, deps.confirm);
      const learnInSeconds = await learn(row);
      const certain: LostTalk[] = [];
      let batches;
      try {
        await look(row, certain);
      } finally {
        ({ batches } = await ledger.lostTalks.sendAgain(exportId, certain, await planOptions(deps, batchSize)));
      }
      const lookAgain = await ledger.lostTalks.nextInSeconds(exportId, deps.confirm);
      return { batches, lookAgainInSeconds: earlier(lookAgain, learnInSeconds) };
    },
  };

  function accessOf({ accountId, connectionId }: ExportRow): Promise<ReadAccess> {
    const turns = { share: deps.readShare, maxWaitMs: MAX_WAIT_MS, signal: cancellationSignal() };
    return talkReader(ledger, { accountId, connectionId }, turns);
  }

  /** @returns seconds until it is worth another try; null when the keys are known, or not worth waiting for. */
  async function learn(row: ExportRow): Promise<number | null> {
    const known = await ledger.connectionKeys.read(row.accountId, row.connectionId);
    const from = { since: new Date(0), talks: TALKS_TO_LEARN_FROM };
    if (await learnKeys(deps, row, () => accessOf(row), from)) return null;
    // Nothing to be seen yet. Somebody who maps fields to a connection for the first time wants to know what arrived.
    const mapped = Object.values(row.settings.mapping).some((block) => block.length > 0);
    const waitedMs = (await deps.now()).getTime() - row.startedAt.getTime();
    const { afterSeconds } = deps.confirm;
    return known === undefined && mapped && waitedMs < 3 * afterSeconds * 1000 ? afterSeconds : null;
  }

  /** @param certain gets those that are proved absent, also when a later read fails. */
  async function look(row: ExportRow, certain: LostTalk[]): Promise<void> {
    const { exportId, accountId, connectionId } = row;
    const due = await ledger.lostTalks.due(exportId, deps.confirm, LOST_A_LOOK);
    if (due.length === 0) return;
    const keys = (await ledger.connectionKeys.read(accountId, connectionId))?.keys;
    const atATime = keys?.includes('call_id') === true ? AT_A_TIME : AT_A_TIME_BY_DATE;
    const access = await accessOf(row);
    const until = performance.now() + LOOK_MS;
    for (let start = 0; start < due.length && performance.now() < until; start += atATime) {
      const looked = await lookFor(row, access, due.slice(start, start + atATime), keys);
      certain.push(...looked.absent.filter(wasAbsent));
      await writeDown(exportId, looked);
    }
  }

  async function writeDown(exportId: string, { found, ambiguous, absent, unseen }: Look): Promise<void> {
    for (const { lost: upload, talkId } of found) {
      // Its answer came meanwhile, or the talk is somebody else's: then it is looked for once more.
      if (!(await ledger.lostTalks.adopt(upload, talkId))) unseen.push(upload);
    }
    await ledger.lostTalks.looked(
      absent.filter((upload) => !wasAbsent(upload)),
      true,
    );
    await ledger.lostTalks.looked([...ambiguous, ...unseen], false);
    await ledger.lostTalks.giveUp(exportId, idsOf(ambiguous.filter(({ overdue }) => overdue)), 'talk_ambiguous');
    await ledger.lostTalks.giveUp(exportId, idsOf(unseen.filter(({ overdue }) => overdue)), 'talk_not_found');
  }

  interface Look extends Omit<Matches, 'none'> {
    /** Not there, while talks that were committed later are. */
    absent: LostTalk[];
    /** Not there, which says nothing. */
    unseen: LostTalk[];
  }

  async function lookFor(
    row: ExportRow,
    access: ReadAccess,
    lost: LostTalk[],
    keys: readonly string[] | undefined,
  ): Promise<Look> {
    try {
      const provable = await withWitnessesSeen(row, access, lost, keys);
      const { none, ...matches } = await match(row, access, lost, keys);
      const absent = none.filter((upload) => provable.has(upload));
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
      return { found: [], ambiguous: [], absent: [], unseen: lost };
    }
  }

  /**
   * Those whose absence would be certain, if it is so twice: what was sent of them is known, and all their witnesses can
   * be seen. Asked for first: what comes into the index between the two looks must not seem to be missing.
   */
  async function withWitnessesSeen(
    row: ExportRow,
    access: ReadAccess,
    lost: LostTalk[],
    keys: readonly string[] | undefined,
  ): Promise<ReadonlySet<LostTalk>> {
    const unseen = lost.map(({ committedAt, bytes }) => ({ talkId: null, committedAt, bytes }));
    const witnesses = await ledger.registry.witnesses(row, unseen, deps.confirm.absentAfterSeconds);
    const provable = lost
      .map((upload, place) => ({ upload, witnesses: witnesses[place] ?? [] }))
      .filter(({ upload, witnesses: known }) => known.length > 0 && upload.sent['date'] !== undefined);
    const traits = distinct(provable.flatMap(({ witnesses: known }) => known.map(({ sent }) => sent)));
    const seen = new Set(traits.length === 0 ? [] : await speechSense.findTalks(access, traits, keys));
    return new Set(
      provable
        .filter(({ witnesses: known }) => known.every(({ talkId }) => seen.has(talkId)))
        .map(({ upload }) => upload),
    );
  }

  async function match(
    { accountId, connectionId }: ExportRow,
    access: ReadAccess,
    lost: LostTalk[],
    keys: readonly string[] | undefined,
  ): Promise<Matches> {
    const talkIds = await speechSense.findTalks(
      access,
      lost.map(({ sent }) => sent),
      keys,
    );
    const answered = await ledger.registry.known(accountId, connectionId, talkIds, true);
    const strangers = talkIds.filter((talkId) => !answered.has(talkId));
    const { talks, untold } = await speechSense.getTalks(access, strangers, ['talk_fields']);
    // Whose a talk is that cannot be read cannot be told either.
    if (untold.length > 0) throw new ExportError('speechsense_search_refused');
    const adopted = await ledger.registry.known(accountId, connectionId, strangers);
    const dates = lost.flatMap(({ sent }) => sent['date'] ?? []);
    const alike = talks.length === 0 ? [] : await ledger.lostTalks.unanswered(accountId, connectionId, dates);
    const rivals = alike.filter(
      (rival) => !lost.some(({ callId, sentBy }) => callId === rival.callId && sentBy === rival.sentBy),
    );
    return matchTalks(lost, rivals, { talks, adopted });
  }
}

/** Whether the attempts before this one have taken so long, by Temporal's clock. */
function hasTriedFor(seconds: number): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  return attempt > 1 && currentAttemptScheduledTimestampMs - scheduledTimestampMs >= seconds * 1000;
}

function wasAbsent({ absentSince }: LostTalk): boolean {
  return absentSince !== null;
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
