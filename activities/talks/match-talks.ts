import type { LostTalk, Unanswered } from '../../ledger/talks/lost-talks.ts';
import type { KeptTalk } from '../../speechsense/reading/get-talks.ts';
import { mayBe } from '../../speechsense/uploads/talk-traits.ts';

export interface Matches {
  found: { lost: LostTalk; talkId: string }[];
  /** There are talks that look like theirs, but whose they are cannot be told. */
  ambiguous: LostTalk[];
  none: LostTalk[];
}

/** Talks that the ledger does not know by an answer. */
export interface Candidates {
  talks: readonly KeptTalk[];
  /** Those of them that a search has given to some call already: a guess. */
  adopted: ReadonlySet<string>;
}

/** A talk cannot have been made before its upload was committed; so far the two sides' clocks may differ. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;

/** Uploads that are alike, so far as their talks can be told apart, and the talks that they may be. */
interface Likes {
  uploads: Unanswered[];
  talks: Set<KeptTalk>;
}

/**
 * Gives talks that nobody knows to the lost uploads that they may be. Where there is a talk for each of those that look
 * alike, each gets one, in the order of their times; where there are fewer, nobody does. A talk that is another's by a
 * guess, or that fits in all but its time, is given to nobody, but proves that absence is not certain.
 *
 * @param rivals other uploads without an answer, which may have made these talks as well.
 */
export function matchTalks(lost: readonly LostTalk[], rivals: readonly Unanswered[], candidates: Candidates): Matches {
  const matches: Matches = { found: [], ambiguous: [], none: [] };
  const wanted = new Set<Unanswered>(lost);
  let groups: Likes[] = [];
  for (const upload of [...lost, ...rivals]) {
    const alike = candidates.talks.filter((talk) => mayBe(upload.sent, talk));
    const free = alike.filter((talk) => !candidates.adopted.has(talk.talkId) && madeSince(talk, upload.committedAt));
    if (free.length > 0) {
      groups = joined(groups, { uploads: [upload], talks: new Set(free) });
    } else if (isLost(upload)) {
      (alike.length > 0 ? matches.ambiguous : matches.none).push(upload);
    }
  }
  for (const group of groups) {
    const shared = shareOut(group);
    for (const upload of group.uploads.filter(isLost)) {
      const talkId = shared?.get(upload);
      if (talkId === undefined) matches.ambiguous.push(upload);
      else matches.found.push({ lost: upload, talkId });
    }
  }
  return matches;

  function isLost(upload: Unanswered): upload is LostTalk {
    return wanted.has(upload);
  }
}

/** Adds a group; those that have a talk in common with it become one with it. */
function joined(groups: Likes[], added: Likes): Likes[] {
  const touches = ({ talks }: Likes) => [...talks].some((talk) => added.talks.has(talk));
  const one = groups.filter(touches).reduce(
    (whole, part) => ({
      uploads: [...part.uploads, ...whole.uploads],
      talks: new Set([...part.talks, ...whole.talks]),
    }),
    added,
  );
  return [...groups.filter((group) => !touches(group)), one];
}

/** A talk for each, the earliest commit first; undefined where there is not one for each. */
function shareOut({ uploads, talks }: Likes): Map<Unanswered, string> | undefined {
  const free = [...talks].sort((one, other) => madeAt(one) - madeAt(other));
  const shared = new Map<Unanswered, string>();
  for (const upload of uploads.sort((one, other) => one.committedAt.getTime() - other.committedAt.getTime())) {
    const first = free.findIndex((talk) => mayBe(upload.sent, talk) && madeSince(talk, upload.committedAt));
    const [talk] = first < 0 ? [] : free.splice(first, 1);
    if (!talk) return undefined;
    shared.set(upload, talk.talkId);
  }
  return shared;
}

function madeAt({ createdAt }: KeptTalk): number {
  return createdAt?.getTime() ?? 0;
}

function madeSince({ createdAt }: KeptTalk, committedAt: Date): boolean {
  return createdAt === undefined || createdAt.getTime() >= committedAt.getTime() - CLOCK_DIFFERENCE_MS;
}
