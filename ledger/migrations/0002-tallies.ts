import { type Kysely, sql } from 'kysely';

/**
 * Totals by state and reason that never need counting: a trigger keeps them in the very transaction that changes a
 * transfer, so they cannot drift from it, and a status call reads a few hundred rows however many calls there are.
 *
 * An export's totals are spread over 16 shards by call id, so that lanes that finish at the same moment seldom wait
 * for one row. Rows are taken in one order, so that they never wait for each other in a circle.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tallies (
      export_id uuid not null references exports on delete cascade,
      shard smallint not null,
      bucket text not null,
      reason text not null,
      calls bigint not null,
      talk_seconds bigint not null,
      bytes bigint not null,
      primary key (export_id, shard, bucket, reason)
    ) with (fillfactor = 50)`.execute(db);

  // planned, uploading and committing are one bucket: what remains to be done.
  await sql`
    create function transfer_bucket(state text) returns text language sql immutable parallel safe as $$
      select case when state in ('planned', 'uploading', 'committing') then 'remaining' else state end
    $$`.execute(db);

  for (const [event, sources] of [
    ['insert', 'select *, 1 as sign from new_rows'],
    ['update', 'select *, 1 as sign from new_rows union all select *, -1 as sign from old_rows'],
  ] as const) {
    await sql`
      create function ${sql.raw(`tally_transfer_${event}`)}() returns trigger language plpgsql as $$
      begin
        insert into tallies as t (export_id, shard, bucket, reason, calls, talk_seconds, bytes)
        select export_id, (call_id % 16)::smallint, transfer_bucket(state), coalesce(reason, ''),
               sum(sign), sum(sign * talk_seconds), sum(sign * coalesce(bytes, 0))
          from (${sql.raw(sources)}) as changed
         group by 1, 2, 3, 4
        having sum(sign) <> 0 or sum(sign * talk_seconds) <> 0 or sum(sign * coalesce(bytes, 0)) <> 0
         order by 1, 2, 3, 4
        on conflict (export_id, shard, bucket, reason) do update
          set calls = t.calls + excluded.calls,
              talk_seconds = t.talk_seconds + excluded.talk_seconds,
              bytes = t.bytes + excluded.bytes;
        return null;
      end $$`.execute(db);
  }
  await sql`
    create trigger tally_insert after insert on transfers
      referencing new table as new_rows
      for each statement execute function tally_transfer_insert()`.execute(db);
  await sql`
    create trigger tally_update after update on transfers
      referencing old table as old_rows new table as new_rows
      for each statement execute function tally_transfer_update()`.execute(db);
  await sql`
    create function tally_transfer_delete() returns trigger language plpgsql as $$
    begin
      update tallies t
         set calls = t.calls - gone.calls, talk_seconds = t.talk_seconds - gone.talk_seconds, bytes = t.bytes - gone.bytes
        from (select export_id, (call_id % 16)::smallint as shard, transfer_bucket(state) as bucket,
                     coalesce(reason, '') as reason, count(*) as calls, sum(talk_seconds) as talk_seconds,
                     sum(coalesce(bytes, 0)) as bytes
                from old_rows group by 1, 2, 3, 4) as gone
       where (t.export_id, t.shard, t.bucket, t.reason) = (gone.export_id, gone.shard, gone.bucket, gone.reason);
      return null;
    end $$`.execute(db);
  await sql`
    create trigger tally_delete after delete on transfers
      referencing old table as old_rows
      for each statement execute function tally_transfer_delete()`.execute(db);
}
