import { sql } from 'kysely';
import type { UnconfirmedReason } from '../../errors/reasons.ts';

/**
 * A statement's part: the calls of its `taken_back`, to which a search had given this talk, are in doubt again, because
 * it turned out to be another call's.
 */
export const inDoubtAgain = (talkId: string) => sql`
  update transfers t
     set state = 'unconfirmed', reason = ${'answer_lost' satisfies UnconfirmedReason}, talk_id = null,
         bytes = null, audio_format = null, updated_at = now()
    from taken_back b
   where t.call_id = b.call_id and t.talk_id = ${talkId} and t.state = 'exported'`;
