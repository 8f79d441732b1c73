import type { LostTalk } from '../ledger/lost-talks.ts';
import type { KeptTalk } from '../speechsense/get-talks.ts';
import { mayBe } from '../speechsense/talk-traits.ts';

export interface Matches {
  found: { lost: LostTalk; talkId: string }[];
  /** Fewer talks than calls that look like them: whose they are cannot be told. */
  ambiguous: LostTalk[];
  none: LostTalk[];
}

/** A talk cannot have been made before its upload was committed; so far the two sides' clocks may differ. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;

/**
 * Gives talks that nobody knows to the lost uploads that they may be. Uploads that the same talks fit are alike in all
 * that was sent of them: where there are talks for all of them, each gets one, in the order of their times.
 */
export function matchTalks(lost: readonly LostTalk[], talks: readonly KeptTalk[]): Matches {
  const inOrder = [...talks].sort((one, other) => madeAt(one) - madeAt(other));
  const groups = new Map<string, { lost: LostTalk[]; talks: KeptTalk[] }>();
  const matches: Matches = { found: [], ambiguous: [], none: [] };
  for (const upload of lost) {
    const candidates = inOrder.filter((talk) => mayBe(upload.sent, talk) && madeSince(talk, upload.committedAt));
    if (candidates.length === 0) {
      matches.none.push(upload);
      continue;
    }
    const key = candidates.map(({ talkId }) => talkId).join(' ');
    const group = groups.get(key) ?? { lost: [], talks: candidates };
    group.lost.push(upload);
    groups.set(key, group);
  }
  const taken = new Set<string>();
  for (const group of groups.values()) {
    const free = group.talks.filter(({ talkId }) => !taken.has(talkId));
    if (free.length < group.lost.length) {
      matches.ambiguous.push(...group.lost);
      continue;
    }
    group.lost.sort((one, other) => one.committedAt.getTime() - other.committedAt.getTime());
    for (const [index, upload] of group.lost.entries()) {
      const talk = free[index];
      if (!talk) continue;
      taken.add(talk.talkId);
      matches.found.push({ lost: upload, talkId: talk.talkId });
    }
  }
  return matches;
}

function madeAt({ createdAt }: KeptTalk): number {
  return createdAt?.getTime() ?? 0;
}

function madeSince({ createdAt }: KeptTalk, committedAt: Date): boolean {
  return createdAt === undefined || createdAt.getTime() >= committedAt.getTime() - CLOCK_DIFFERENCE_MS;
}
