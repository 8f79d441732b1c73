import { KEPT_DAYS } from '../ledger/lost-talks.ts';
import type { RegisteredCall } from '../ledger/registry.ts';
import type { Interval } from '../settings/period.ts';
import type { KeptTalk } from '../speechsense/get-talks.ts';
import type { ReadAccess } from '../speechsense/speechsense.ts';
import { mayBe } from '../speechsense/talk-traits.ts';
import type { AccountAccess } from './account-access.ts';
import { talkReader } from './talk-reader.ts';

/**
 * `=` there; `-` known to the ledger and gone; `?` cannot be told: older than SpeechSense keeps talks, too young for its
 * index, or never confirmed; `2` there more often than the ledger knows.
 */
type Mark = '=' | '-' | '?' | '2';

export interface CheckedCall {
  mark: Mark;
  callId: number;
  noteId: number;
  startedAt: Date;
  /** The talks that the ledger knows of, then those that it does not. */
  talkIds: string[];
}

/**
 * Compares what the ledger knows to be in the account's connection with what SpeechSense has, in the order of the calls'
 * times. Reads about one page of talks for five hundred calls; what is amiss is read once more, one talk at a time.
 * Calls found gone are remembered for `retry --missing`.
 *
 * @param period by the calls' own times.
 * @throws {ExportError} `connection_not_set`, `speechsense_…`
 */
export async function* checkTalks(
  access: AccountAccess,
  accountId: number,
  period: Interval,
): AsyncGenerator<CheckedCall> {
  const reader = await talkReader(access, accountId);
  const { registry } = access.ledger;
  const shownUntil = await indexFrontier(access, accountId, reader);
  for await (const page of registry.pages(accountId, reader.connectionId, period)) {
    const there = await lookAt(access, accountId, reader, page);
    const missing: string[] = [];
    for (const call of page) {
      yield judge(call, there, shownUntil, missing);
    }
    await registry.setMissing(accountId, reader.connectionId, missing, true);
    await registry.setMissing(accountId, reader.connectionId, [...there.talkIds], false);
  }
}

interface There {
  /** Known talks that are there. */
  talkIds: Set<string>;
  /** Talks of the page's time that the ledger does not know. */
  strangers: KeptTalk[];
}

async function lookAt(
  { ledger, speechSense }: AccountAccess,
  accountId: number,
  reader: ReadAccess,
  page: RegisteredCall[],
): Promise<There> {
  const found = await talksOfTime(page, (from, until) => speechSense.findTalksDated(reader, from, until));
  const known = await ledger.lostTalks.known(accountId, reader.connectionId, found);
  // What the search did not show is asked for by its id before anybody calls it gone.
  const hidden = page.flatMap(({ talks }) =>
    talks.flatMap((talk) =>
      talk.talkId === null || known.has(talk.talkId) || isExpired(talk.committedAt) ? [] : talk.talkId,
    ),
  );
  const strangers = found.filter((talkId) => !known.has(talkId));
  return {
    talkIds: new Set([
      ...known,
      ...(await speechSense.getTalks(reader, hidden, ['talk_state'])).map(({ talkId }) => talkId),
    ]),
    strangers: await speechSense.getTalks(reader, strangers, ['talk_fields']),
  };
}

/** Searches for the time in which the page's talks were said to be, unless SpeechSense keeps none of them any more. */
async function talksOfTime(
  page: RegisteredCall[],
  find: (from: Date, until: Date) => Promise<string[]>,
): Promise<string[]> {
  const kept = page.flatMap(({ talks }) => talks.filter(({ committedAt }) => !isExpired(committedAt)));
  const dates = kept.map(({ sent }) => Date.parse(sent['date'] ?? '')).filter((date) => !Number.isNaN(date));
  return dates.length === 0 ? [] : find(new Date(Math.min(...dates)), new Date(Math.max(...dates)));
}

/** Adds to `missing` what is gone of the call. */
function judge(call: RegisteredCall, there: There, shownUntil: Date | undefined, missing: string[]): CheckedCall {
  const { callId, noteId, startedAt, talks } = call;
  const absent = talks.filter(({ talkId }) => talkId !== null && !there.talkIds.has(talkId));
  const gone = absent.filter(
    ({ committedAt }) => !isExpired(committedAt) && shownUntil !== undefined && committedAt < shownUntil,
  );
  missing.push(...gone.flatMap(({ talkId }) => talkId ?? []));
  const doubles = there.strangers.filter((talk) => talks.some(({ sent }) => mayBe(sent, talk)));
  const unconfirmed = talks.filter(({ talkId }) => talkId === null).length;
  const talkIds = [...talks.flatMap(({ talkId }) => talkId ?? []), ...doubles.map(({ talkId }) => talkId)];
  return { mark: markOf(), callId, noteId, startedAt, talkIds };

  function markOf(): Mark {
    // A talk too many may be one whose answer is missing; more than those are too many for certain.
    if (doubles.length > unconfirmed) return '2';
    if (gone.length > 0) return '-';
    return absent.length > 0 || unconfirmed > 0 ? '?' : '=';
  }
}

function isExpired(committedAt: Date): boolean {
  return Date.now() - committedAt.getTime() > KEPT_DAYS * 86_400_000;
}

/**
 * When the latest talk was committed that can be seen: what was committed before it and cannot be seen is gone. Learns
 * the connection's keys on the way.
 */
async function indexFrontier(
  { ledger, speechSense }: AccountAccess,
  accountId: number,
  reader: ReadAccess,
): Promise<Date | undefined> {
  const latest = await ledger.connectionKeys.talksToLearnFrom(accountId, reader.connectionId);
  const seen = await speechSense.getTalks(reader, latest, ['talk_fields']);
  const [talk] = seen;
  if (talk) await ledger.connectionKeys.put(accountId, reader.connectionId, Object.keys(talk.fields), new Date());
  return ledger.registry.latestCommit(
    accountId,
    reader.connectionId,
    seen.map(({ talkId }) => talkId),
  );
}
