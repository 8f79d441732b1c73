import { type RawBuilder, sql } from 'kysely';

export type CallDirection = 'incoming' | 'outgoing';
export type EntityType = 'lead' | 'contact' | 'company' | 'customer';

/**
 * A fact of a call, and how it follows from the call's notes. `Value` is its type in TypeScript.
 *
 * @property name in code; the key of the table of facts is its column.
 * @property type of its column.
 * @property merged over the call's notes, as an aggregate.
 */
interface Fact<Value> {
  name: string;
  type: 'bigint' | 'int' | 'text' | 'timestamptz' | 'boolean';
  merged: RawBuilder<Value>;
  /** What the call has stays where its notes no longer say it. */
  isKept?: true;
  /** A plan keeps what it knew of it, for the report. */
  isPlanned?: true;
}

/** The note of the talk itself tells best: a ring group leaves missed ones beside it. */
const BEST = sql.raw('(link is not null) desc, talk_seconds desc nulls last, operator_rank, note_id');
/** The note that was first; calls on unsorted leads have negative ids, which count backwards. */
const FIRST = sql.raw('(note_id > 0) desc, note_id');
const NEWEST = sql.raw('updated_at desc, note_id');

/** The value of the first note, in this order, that says it. */
function of<Value>(column: string, order: RawBuilder<unknown>, says = column): RawBuilder<Value> {
  return sql<Value>`(array_agg(${sql.ref(column)} order by ${order}) filter (where ${sql.ref(says)} is not null))[1]`;
}

/** What is known of a call: one entry a fact. A new one needs a migration, and the place that reads it from a note. */
const CALL_FACTS = {
  note_id: {
    name: 'noteId',
    type: 'bigint',
    merged: sql<number>`coalesce(min(note_id) filter (where note_id > 0), min(note_id))`,
    isPlanned: true,
  },
  entity_type: { name: 'entityType', type: 'text', merged: of<EntityType>('entity_type', FIRST), isPlanned: true },
  entity_id: { name: 'entityId', type: 'bigint', merged: of<number>('entity_id', FIRST), isPlanned: true },
  direction: {
    name: 'direction',
    type: 'text',
    merged: of<CallDirection>('direction', FIRST),
    isKept: true,
    isPlanned: true,
  },
  started_at: {
    name: 'startedAt',
    type: 'timestamptz',
    merged: sql<Date>`min(started_at)`,
    isKept: true,
    isPlanned: true,
  },
  /** Null when the notes do not say, which is not the same as 0. */
  talk_seconds: { name: 'talkSeconds', type: 'int', merged: sql<number | null>`max(talk_seconds)`, isPlanned: true },
  /** Null where the note names nobody, or somebody whom no user is. */
  operator_id: {
    name: 'operatorId',
    type: 'bigint',
    merged: of<number | null>('operator_id', BEST, 'operator_rank'),
    isPlanned: true,
  },
  /** One that was there once is tried even when an edit has taken it away. */
  link: { name: 'link', type: 'text', merged: of<string | null>('link', NEWEST), isKept: true },
  phone: { name: 'phone', type: 'text', merged: of<string | null>('phone', BEST) },
  uniq: { name: 'uniq', type: 'text', merged: of<string | null>('uniq', BEST) },
  source: { name: 'source', type: 'text', merged: of<string | null>('source', BEST) },
  result: { name: 'result', type: 'text', merged: of<string | null>('result', BEST) },
  status: { name: 'status', type: 'int', merged: of<number | null>('status', BEST) },
  /** The note's parameters could not be read: the call is known, and fails with that reason. */
  unreadable: { name: 'unreadable', type: 'boolean', merged: sql<boolean>`bool_and(unreadable)` },
} as const satisfies Record<string, Fact<unknown>>;

type Facts = typeof CALL_FACTS;
type ValueOf<One> = One extends { merged: RawBuilder<infer Value> } ? Value : never;

/** The facts by their columns. */
export type CallFactColumns = { -readonly [Column in keyof Facts]: ValueOf<Facts[Column]> };
/** The facts as code knows them. */
export type CallFacts = { -readonly [Column in keyof Facts as Facts[Column]['name']]: ValueOf<Facts[Column]> };
/** Those that a plan keeps. */
export type PlannedFactColumns = {
  -readonly [Column in keyof Facts as Facts[Column] extends { isPlanned: true } ? Column : never]: ValueOf<
    Facts[Column]
  >;
};

const ENTRIES = Object.entries(CALL_FACTS).map(([column, fact]): [string, Fact<unknown>] => [column, fact]);

/** The facts' columns. */
export const CALL_COLUMNS = ENTRIES.map(([column]) => column);
/** The columns of those that a plan keeps. */
export const PLANNED_COLUMNS = ENTRIES.filter(([, { isPlanned }]) => isPlanned).map(([column]) => column);

/** `a, b`, or `t.a, t.b` of a table. */
export function columnList(columns: readonly string[], table?: string): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(table === undefined ? column : `${table}.${column}`)));
}

/** All facts of the table's row under the names that code knows. */
export function namedFacts(table: string): RawBuilder<unknown> {
  return sql.join(ENTRIES.map(([column, { name }]) => sql`${sql.ref(`${table}.${column}`)} as ${sql.id(name)}`));
}

/** What the call's notes come to. */
export const MERGED_FACTS = sql.join(ENTRIES.map(([column, { merged }]) => sql`${merged} as ${sql.id(column)}`));

/** What a call is then to say: what its notes have come to, or, where that is to be kept, what it has. */
export const SAID_FACTS = sql.join(
  ENTRIES.map(([column, { isKept }]) =>
    isKept ? sql`coalesce(m.${sql.id(column)}, c.${sql.id(column)}) as ${sql.id(column)}` : sql`m.${sql.id(column)}`,
  ),
);

/** The facts of one call as a row to insert. */
export function factRow(facts: CallFacts): CallFactColumns {
  const named: Record<string, unknown> = { ...facts };
  return Object.fromEntries(ENTRIES.map(([column, { name }]) => [column, named[name]])) as CallFactColumns;
}

/** What only the notes of a call say. */
const OF_NOTES: [string, Pick<Fact<unknown>, 'name' | 'type'>][] = [
  ['updated_at', { name: 'updatedAt', type: 'timestamptz' }],
  ['operator_rank', { name: 'operatorRank', type: 'int' }],
  ['unsorted_uid', { name: 'unsortedUid', type: 'text' }],
];
const NOTE_ENTRIES = [...ENTRIES.filter(([column]) => column !== 'note_id'), ...OF_NOTES];

/** The columns of `call_notes` that a later reading of the note may change. */
export const NOTE_COLUMNS = NOTE_ENTRIES.map(([column]) => column);
/** The same as they are read from JSON. */
export const NOTE_NAMES = sql.join(NOTE_ENTRIES.map(([, { name }]) => sql.id(name)));
export const NOTE_TYPES = sql.join(NOTE_ENTRIES.map(([, { name, type }]) => sql`${sql.id(name)} ${sql.raw(type)}`));
