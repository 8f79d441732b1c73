import { KEPT_DAYS } from '../../ledger/talks/absence.ts';
import type { RegisteredCall } from '../../ledger/talks/registry.ts';
import { talkReader } from '../../ledger/talks/talk-reader.ts';
import type { Interval } from '../../settings/period.ts';
import type { KeptTalk } from '../../speechsense/reading/get-talks.ts';
import type { ReadAccess } from '../../speechsense/speechsense.ts';
import { mayBe } from '../../speechsense/uploads/talk-traits.ts';
import type { AccountAccess } from '../accounts/account-access.ts';

/**
 * `=` there; `-` known to the ledger and gone; `?` cannot be told: older than SpeechSense keeps talks, too young for its
 * index, or never confirmed; `2` there more often than the ledger knows.
 */
type Mark = '=' | '-' | '?' | '2';

/** Talks that are asked how far the index has come, and which keys the connection keeps. */
const LATEST_TALKS = 20;

export interface CheckedCall {
  mark: Mark;
  callId: number;
  noteId: number;
  startedAt: Date;
  /** The talks that the ledger knows of, then those that it does not. */
  talkIds: string[];
  /** Of its talks that are there, those that a re-export added by choice. */
  repeats: number;
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
  const { ledger, readShare } = access;
  const reader = await talkReader(ledger, { accountId }, { share: readShare, maxWaitMs: Infinity });
  const { registry } = ledger;
  const latest = await latestSeen(access, accountId, reader);
  for await (const page of registry.pages(accountId, reader.connectionId, period)) {
    const there = await lookAt(access, accountId, reader, page, latest);
    yield* page.map((call) => judge(call, there));
    await registry.setMissing(accountId, reader.connectionId, [...there.gone], true);
    await registry.setMissing(accountId, reader.connectionId, [...there.talkIds], false);
  }
}

interface There {
  /** Known talks that are there. */
  talkIds: Set<string>;
  /** Known talks that are not there for certain. */
  gone: Set<string>;
  /** Talks of the page's time that the ledger does not know. */
  strangers: KeptTalk[];
}

async function lookAt(
  { ledger, speechSense, absentAfterSeconds }: AccountAccess,
  accountId: number,
  reader: ReadAccess,
  page: RegisteredCall[],
  latest: readonly string[],
): Promise<There> {
  const { connectionId } = reader;
  const found = await talksOfTime(page, (from, until) => speechSense.findTalksDated(reader, from, until));
  const known = await ledger.registry.known(accountId, connectionId, found);
  // What the search did not show is asked for by its id before anybody calls it gone.
  const hidden = page.flatMap(({ talks }) =>
    talks.filter(({ talkId, ageMs }) => talkId !== null && !known.has(talkId) && !isExpired(ageMs)),
  );
  const { talks, untold } = await speechSense.getTalks(
    reader,
    hidden.flatMap(({ talkId }) => talkId ?? []),
    ['talk_state'],
  );
  const shown = new Set(talks.map(({ talkId }) => talkId));
  const absent = hidden.filter(({ talkId }) => talkId !== null && !shown.has(talkId) && !untold.includes(talkId));
  // Only what was seen before speaks against what was asked for afterwards: the index goes on meanwhile.
  const among = [...known, ...latest];
  const account = { accountId, connectionId };
  const witnesses = await ledger.registry.witnesses(account, absent, absentAfterSeconds, among);
  const gone = absent.filter((_, place) => (witnesses[place] ?? []).length > 0);
  const strangers = found.filter((talkId) => !known.has(talkId));
  return {
    talkIds: new Set([...known, ...shown]),
    gone: new Set(gone.flatMap(({ talkId }) => talkId ?? [])),
    strangers: (await speechSense.getTalks(reader, strangers, ['talk_fields'])).talks,
  };
}

/** Searches for the time in which the page's talks were said to be, unless SpeechSense keeps none of them any more. */
async function talksOfTime(
  page: RegisteredCall[],
  find: (from: Date, until: Date) => Promise<string[]>,
): Promise<string[]> {
  const kept = page.flatMap(({ talks }) => talks.filter(({ ageMs }) => !isExpired(ageMs)));
  const dates = kept.map(({ sent }) => Date.parse(sent['date'] ?? '')).filter((date) => !Number.isNaN(date));
  return dates.length === 0 ? [] : find(new Date(Math.min(...dates)), new Date(Math.max(...dates)));
}

function judge({ callId, noteId, startedAt, talks }: RegisteredCall, there: There): CheckedCall {
  const absent = talks.filter(({ talkId }) => talkId !== null && !there.talkIds.has(talkId));
  const gone = absent.filter(({ talkId }) => talkId !== null && there.gone.has(talkId));
  const doubles = there.strangers.filter((talk) => talks.some(({ sent }) => mayBe(sent, talk)));
  const unconfirmed = talks.filter(({ talkId }) => talkId === null).length;
  const talkIds = [...talks.flatMap(({ talkId }) => talkId ?? []), ...doubles.map(({ talkId }) => talkId)];
  const present = talks.filter(({ talkId }) => talkId !== null && there.talkIds.has(talkId));
  // One of them is the call's own, also where a re-export was the first to send it.
  const repeats = Math.min(present.filter(({ reExport }) => reExport).length, Math.max(0, present.length - 1));
  return { mark: markOf(), callId, noteId, startedAt, talkIds, repeats };

  function markOf(): Mark {
    // A talk too many may be one whose answer is missing; more than those are too many for certain.
    if (doubles.length > unconfirmed) return '2';
    if (gone.length > 0) return '-';
    return absent.length > 0 || unconfirmed > 0 ? '?' : '=';
  }
}

function isExpired(ageMs: number): boolean {
  return ageMs > KEPT_DAYS * 86_400_000;
}

/** Those of the latest talks that can be seen. Learns the connection's keys on the way. */
async function latestSeen(
  { ledger, speechSense }: AccountAccess,
  accountId: number,
  reader: ReadAccess,
): Promise<string[]> {
  const { connectionId } = reader;
  const latest = await ledger.registry.talksToLearnFrom(accountId, connectionId, new Date(0), LATEST_TALKS);
  const { talks } = await speechSense.getTalks(reader, latest, ['talk_fields']);
  const [talk] = talks;
  if (talk) await ledger.connectionKeys.put(accountId, connectionId, Object.keys(talk.fields));
  return talks.map(({ talkId }) => talkId);
}
