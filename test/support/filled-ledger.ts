import type { ClientBase } from 'pg';

/** Tables that grow with the calls and exports of all accounts. */
export const GROWING_TABLES = [
  ...['exports', 'calls', 'call_identities', 'call_notes', 'transfers', 'tallies', 'plan_facts', 'talks', 'entities'],
  ...['listings', 'listing_remarks', 'commands', 'entity_turns'],
];

const ACCOUNTS = 40;
const EXPORTS = 2_000;
const CALLS = 25_000;
const CARDS = 80_000;

/** Fills the tables with calls of other accounts, so many that Postgres prefers indexes, and lets it know. */
export async function fillLedger(client: ClientBase): Promise<void> {
  for (const statement of FILLING) await client.query(statement);
  await client.query(`analyze ${GROWING_TABLES.join(', ')}`);
}

const EXPORT_OF = `md5('export ' || n % ${EXPORTS})::uuid`;
const STARTED_AT = `timestamptz '2026-01-01' + n * interval '10 minutes'`;
const FROM_CALLS = `(select call_id, account_id, note_id, call_id - (select min(call_id) from calls) as n from calls) as c`;

const FILLING = [
  `insert into accounts select n, n || '.amocrm.ru', 'A', 'UTC', true from generate_series(1, ${ACCOUNTS}) n`,
  `insert into exports (export_id, account_id, kind, connection_id, language, settings, interval_from, interval_until, state,
                        started_at, planned_at, finished_at)
   select ${EXPORT_OF}, 1 + n % ${ACCOUNTS}, 'export', 'connection', 'ru-RU', '{}', ${STARTED_AT}, ${STARTED_AT}, 'completed',
          ${STARTED_AT}, ${STARTED_AT}, ${STARTED_AT}
     from generate_series(0, ${EXPORTS - 1}) n`,
  `insert into calls (account_id, note_id, entity_type, entity_id, direction, started_at, talk_seconds, operator_id, link, uniq,
                      source, unreadable)
   select 1 + n % ${ACCOUNTS}, 1000000 + n, 'contact', n, 'incoming', ${STARTED_AT}, 60, 7, 'https://pbx.example/f' || n, 'f' || n,
          'pbx', n % 50 = 0
     from generate_series(1, ${CALLS}) n`,
  `insert into call_identities select account_id, 'uniq:pbx:f' || n, call_id from ${FROM_CALLS}`,
  `insert into call_notes (account_id, note_id, call_id, entity_type, entity_id, updated_at)
   select account_id, note_id, call_id, 'contact', n, ${STARTED_AT} from ${FROM_CALLS}`,
  `insert into transfers (export_id, call_id, state, batch, talk_seconds, talk_id)
   select ${EXPORT_OF}, call_id, case when n % 40 = 0 then 'failed' else 'exported' end, 0, 60, 'f' || n from ${FROM_CALLS}`,
  `insert into plan_facts (export_id, call_id, note_id, entity_type, entity_id, direction, started_at)
   select ${EXPORT_OF}, call_id, note_id, 'contact', n, 'incoming', ${STARTED_AT} from ${FROM_CALLS}`,
  `insert into talks (account_id, connection_id, call_id, export_id, re_export, talk_id, committed_at, sent, bytes, missing_at)
   select account_id, 'connection', call_id, ${EXPORT_OF}, false, case when n % 100 > 0 then 'f' || n end, ${STARTED_AT}, '{}', n,
          case when n % 90 = 0 then now() end
     from ${FROM_CALLS}`,
  `insert into entities (account_id, entity_type, entity_id, read_at, is_gone, is_open, lead_ids, fields)
   select 1 + n % ${ACCOUNTS}, 'contact', n, ${STARTED_AT}, false, true, '{}', '{}' from generate_series(1, ${CARDS}) n`,
  `insert into listings (export_id) select export_id from exports`,
  `insert into listing_remarks select export_id, 'deleted', n::text from exports cross join generate_series(1, 5) n`,
  `insert into entity_turns (export_id, holder, held_until) select export_id, export_id, now() from exports`,
  `insert into commands (account_id, key, request, export_id, begins_export, user_id)
   select account_id, export_id, 'start', export_id, true, 7 from exports`,
];
