import { type Kysely, sql } from 'kysely';

/**
 * The pace of requests to amoCRM: a line for those who can wait, and a breaker an account.
 *
 * `take_turn` is a function and not a statement because it decides on two rows that it must have locked first, and it
 * is asked at every request: one way to the database, where a transaction would take four.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Where the line of bulk requests ends: the place that was given out last.
  await sql`alter table rate_buckets add column line_at timestamptz not null default '-infinity'`.execute(db);

  // A row is an account that amoCRM refused lately. Without a reference to accounts: an account is asked before it is added.
  await sql`
    create table breakers (
      account_id bigint primary key,
      reason text not null,
      refusals int not null,
      closed_until timestamptz not null,
      probe_until timestamptz,
      mended_at timestamptz
    )`.execute(db);

  await sql`
    create function take_turn(
      for_account bigint, for_bucket text, slot interval, interactive boolean, place timestamptz,
      probe_limit interval, climb interval, climb_from float
    ) returns table (granted boolean, wait interval, place_at timestamptz, probe boolean, reason text)
    language plpgsql as $$
    declare
      b rate_buckets;
      k breakers;
      this_moment timestamptz;
      moment timestamptz;
      nearly_free timestamptz;
    begin
      insert into rate_buckets (bucket, arrival_at) values (for_bucket, '-infinity') on conflict do nothing;
      select * into b from rate_buckets where bucket = for_bucket for update;
      select * into k from breakers where account_id = for_account for update;
      this_moment := clock_timestamp();
      probe := false;

      -- After a pause the slots are long at first and grow shorter while the account bears it.
      if k.mended_at is not null and k.mended_at + climb > this_moment then
        slot := slot * (climb_from - (climb_from - 1) * extract(epoch from this_moment - k.mended_at)
                                                      / extract(epoch from climb));
      end if;

      -- Whoever can wait takes the next moment when it is near, never one further ahead; not only when it is there,
      -- because timers are late, and what each of them loses would add up.
      nearly_free := b.arrival_at + 0.8 * slot;

      if interactive then
        place := this_moment;
      elsif place is null then
        place := greatest(this_moment, b.line_at + slot, nearly_free);
        update rate_buckets set line_at = place where bucket = for_bucket;
      end if;
      granted := false;
      place_at := place;

      if k.closed_until > this_moment then
        wait := k.closed_until - this_moment;
        reason := k.reason;
      elsif k.account_id is not null and k.mended_at is null and k.probe_until > this_moment then
        -- One request at a time tries whether amoCRM answers again.
        wait := least(slot, k.probe_until - this_moment);
      elsif place > this_moment then
        wait := place - this_moment;
      elsif not interactive and nearly_free > this_moment then
        wait := nearly_free - this_moment;
      else
        granted := true;
        moment := greatest(this_moment, b.arrival_at + slot);
        wait := moment - this_moment;
        -- Who goes before the line moves its end: otherwise all that stand in it would be late from now on.
        update rate_buckets
           set arrival_at = moment,
               line_at = case when interactive and line_at > this_moment then line_at + slot else line_at end
         where bucket = for_bucket;
        if k.account_id is not null and k.mended_at is null then
          probe := true;
          update breakers set probe_until = moment + probe_limit where account_id = for_account;
        end if;
      end if;
      return next;
    end $$`.execute(db);
}
