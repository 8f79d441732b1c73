import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

/** A known talk that was committed after one that cannot be seen: if it can be seen itself, that says something. */
export interface Witness {
  talkId: string;
  sent: Record<string, string>;
}

/** An upload of which it is asked whether its absence could be proved. */
export interface Unseen {
  talkId: string | null;
  committedAt: Date;
  bytes: number | null;
}

/** Talks older than this may be gone from SpeechSense, which keeps them for 3 months: absence proves nothing. */
export const KEPT_DAYS = 85;
/** One talk that overtakes another in the index happens; that so many do, all of them no smaller, is no chance. */
const WITNESSES = 3;
/** So many times the least age make up for witnesses that are smaller: about a day, for the largest recordings of all. */
const AGES_FOR_ANY_SIZE = 20;

/**
 * The one rule by which absence is proved: what was committed at least so long ago, and not so long that it may have
 * been deleted, is absent when three known talks that were committed later and are no smaller can be seen, and it cannot.
 *
 * @param absentAfterSeconds the least age, in seconds since the commit: later than this the index never was.
 * @param among only these talks, which are known to be there, are witnesses.
 * @returns by position the nearest witnesses; none where absence cannot be proved.
 */
export async function witnessesOf(
  db: Database,
  { accountId, connectionId }: { accountId: number; connectionId: string },
  unseen: readonly Unseen[],
  absentAfterSeconds: number,
  among?: readonly string[],
): Promise<Witness[][]> {
  const subjects = unseen.map(({ talkId, committedAt, bytes }, place) => ({ place, talkId, committedAt, bytes }));
  const seconds = (count: number) => sql`${count} * interval '1 second'`;
  const { rows } = await sql<{ place: number; witnesses: Witness[] }>`
    select s.place, json_agg(json_build_object('talkId', w.talk_id, 'sent', w.sent)) as witnesses
      from json_to_recordset(${JSON.stringify(subjects)}::json)
             as s(place int, "talkId" text, "committedAt" timestamptz, bytes bigint)
      cross join lateral (
        select talk_id, sent from talks k
         where k.account_id = ${accountId} and k.connection_id = ${connectionId} and k.talk_id is not null
           and not k.adopted and k.missing_at is null
           and k.committed_at > s."committedAt" and k.talk_id is distinct from s."talkId"
           and (k.bytes >= s.bytes or k.bytes is null or s.bytes is null
                or s."committedAt" <= now() - ${seconds(absentAfterSeconds * AGES_FOR_ANY_SIZE)})
           and (${among === undefined} or k.talk_id = any(${among ?? []}::text[]))
         order by k.committed_at
         limit ${WITNESSES}
      ) w
     where s."committedAt" <= now() - ${seconds(absentAfterSeconds)}
       and s."committedAt" > now() - ${KEPT_DAYS} * interval '1 day'
     group by s.place
    having count(*) = ${WITNESSES}`.execute(db);
  const byPlace = new Map(rows.map(({ place, witnesses }) => [place, witnesses]));
  return unseen.map((_, place) => byPlace.get(place) ?? []);
}
