import type { Talk } from './talk-store.ts';

/** By what talks are taken for the same call: its `call_id`, its client and date, or its very audio. */
export const TALK_KEYS = ['call', 'client-date', 'audio'] as const;
export type TalkKey = (typeof TALK_KEYS)[number];

/** How many talks each call has. */
export interface TalksPer {
  distinct: number;
  /** Those that have more than one. */
  doubled: Record<string, number>;
  /** Talks that lack the key. */
  without: number;
  counts: Record<string, number>;
}

/** Counts the talks of each call. */
export function talksPer(by: TalkKey, talks: Iterable<Talk>): TalksPer {
  const counts = new Map<string, number>();
  let without = 0;
  for (const talk of talks) {
    const key = keyOf(by, talk);
    if (key === undefined) without += 1;
    else counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    distinct: counts.size,
    doubled: Object.fromEntries([...counts].filter(([, count]) => count > 1)),
    without,
    counts: Object.fromEntries(counts),
  };
}

function keyOf(by: TalkKey, talk: Talk): string | undefined {
  switch (by) {
    case 'call':
      return talk.fields['call_id'];
    case 'client-date': {
      const { client_id: client, date } = talk.fields;
      return client === undefined || date === undefined ? undefined : `${client} ${date}`;
    }
    case 'audio':
      return talk.audio.sha256;
  }
}
