import type { Generated } from 'kysely';
import type { ErrorCode } from '../errors/codes.ts';
import type { ErrorValues } from '../errors/export-error.ts';
import type { ExportSettings } from '../settings/export-settings.ts';
import type { CallDirection, CallFactColumns, EntityType, PlannedFactColumns } from './calls/call-facts.ts';

/** The tables as kysely sees them. What each is for is said in the migrations that make them. */
export interface Schema {
  accounts: AccountsTable;
  tokens: TokensTable;
  consents: ConsentsTable;
  connections: ConnectionsTable;
  settings: SettingsTable;
  users: UsersTable;
  entities: EntitiesTable;
  catalogues: CataloguesTable;
  entity_turns: EntityTurnsTable;
  exports: ExportsTable;
  calls: CallsTable;
  call_identities: CallIdentitiesTable;
  call_notes: CallNotesTable;
  transfers: TransfersTable;
  tallies: TalliesTable;
  listings: ListingsTable;
  listing_remarks: ListingRemarksTable;
  plan_facts: PlanFactsTable;
  talks: TalksTable;
  rate_buckets: RateBucketsTable;
  breakers: BreakersTable;
  connection_keys: ConnectionKeysTable;
  brakes: BrakesTable;
  spent_tokens: SpentTokensTable;
  commands: CommandsTable;
  administrators: AdministratorsTable;
}

interface AccountsTable {
  account_id: number;
  host: string;
  name: string;
  time_zone: string;
  is_api_filter_enabled: boolean;
  country: string | null;
  added_at: Generated<Date>;
  filter_ignored_at: Date | null;
  /** The server and timeline that its exports were last on. */
  lineage: string | null;
  /** When another one was first noticed. */
  failed_over_at: Date | null;
}

export type TokenKind = 'long_lived' | 'oauth';

/**
 * - `refreshing`: the marker; a refresh was sent, and its answer is not written down yet.
 * - `refresh_lost`: the answer never came; the refresh token may be used up, so it is not sent again.
 * - `reauth_required`: a person must bring a new token.
 */
export type TokenState = 'active' | 'refreshing' | 'refresh_lost' | 'reauth_required';

interface TokensTable {
  account_id: number;
  version: number;
  kind: TokenKind;
  access_sealed: Buffer;
  refresh_sealed: Buffer | null;
  access_until: Date | null;
  state: TokenState;
  state_since: Generated<Date>;
  reason: string | null;
  updated_at: Generated<Date>;
}

interface ConsentsTable {
  state_hash: Buffer;
  host: string;
  account_id: number | null;
  given_at: Generated<Date>;
}

interface ConnectionsTable {
  account_id: number;
  connection_id: string;
  language: string;
  api_key_sealed: Buffer;
  updated_at: Generated<Date>;
}

interface SettingsTable {
  account_id: number;
  version: number;
  settings: ExportSettings;
  updated_at: Generated<Date>;
}

interface UsersTable {
  account_id: number;
  user_id: number;
  name: string;
  group_name: string | null;
  active: boolean;
  phone: string | null;
  email: string | null;
}

interface EntitiesTable {
  account_id: number;
  entity_type: EntityType;
  entity_id: number;
  name: string | null;
  main_contact_id: number | null;
  company_id: number | null;
  read_at: Date;
  is_gone: boolean;
  is_open: boolean;
  updated_at: Date | null;
  lead_ids: number[];
  fields: Record<string, string | null>;
}

interface CataloguesTable {
  account_id: number;
  part: string;
  content: unknown;
  read_at: Date;
}

/** A place in an account's list of cards: how many stand before it, and how many a page holds from there on. */
export interface SweepPlace {
  offset: number;
  limit: number;
}

interface EntityTurnsTable {
  export_id: string;
  holder: string;
  held_until: Date;
  /** By the kind of card, the page to go on from; null behind the last one. */
  sweeps: Generated<Partial<Record<EntityType, SweepPlace | null>>>;
}

export type ExportKind = 'export' | 'preview' | 'retry';

export type ExportState =
  'planning' | 'transferring' | 'settling' | 'blocked' | 'stopping' | 'completed' | 'stopped' | 'failed';

interface ExportsTable {
  export_id: string;
  account_id: number;
  kind: ExportKind;
  retry_of: string | null;
  connection_id: string;
  language: string;
  settings: ExportSettings;
  interval_from: Date;
  interval_until: Date;
  state: ExportState;
  blocked_by: string | null;
  blocked_values: ErrorValues | null;
  batches: number | null;
  window_at: Date | null;
  window_calls: number | null;
  next_window_at: Date | null;
  next_window_calls: number | null;
  started_at: Date;
  planned_at: Date | null;
  finished_at: Date | null;
}

interface CallsTable extends CallFactColumns {
  call_id: Generated<number>;
  account_id: number;
}

interface CallIdentitiesTable {
  account_id: number;
  identity: string;
  call_id: number;
}

interface CallNotesTable extends Omit<CallFactColumns, 'direction' | 'started_at' | 'unreadable'> {
  account_id: number;
  call_id: number;
  updated_at: Date;
  direction: CallDirection | null;
  started_at: Date | null;
  unreadable: Generated<boolean>;
  operator_rank: number | null;
  unsorted_uid: string | null;
}

export type TransferState =
  'listed' | 'skipped' | 'planned' | 'uploading' | 'committing' | 'exported' | 'failed' | 'waiting' | 'unconfirmed';

/** How an export came to know a call: by the listing of notes, by an event, or by an unsorted lead. */
export type FoundBy = 'notes' | 'events' | 'unsorted';

interface TransfersTable {
  export_id: string;
  call_id: number;
  state: TransferState;
  reason: string | null;
  batch: number | null;
  attempt: Generated<number>;
  talk_seconds: number;
  talk_id: string | null;
  bytes: number | null;
  audio_format: string | null;
  /** The format that the recording came in, where it had to be converted. */
  converted_from: string | null;
  channels: number | null;
  recording_seconds: number | null;
  recording_remarks: string | null;
  /** Put off to the end of the export, as its telephony was away. */
  postponed: Generated<boolean>;
  /** When its recording was first not to be had, of the failures in a row. */
  recording_failing_since: Date | null;
  /** What its link's last answer was, where it was none with a recording: a reason, also for when it is asked no more. */
  recording_answer: string | null;
  /** How many attempts ended in a defect of this program. */
  defects: Generated<number>;
  /** How many attempts ended without an answer: the first one, and later ones that had the recording in hand. */
  deaths: Generated<number>;
  /** The attempt that holds the call is just reading what its recording holds. */
  in_hand: Generated<boolean>;
  found_by: Generated<FoundBy>;
  /** How often its upload was sent whole and is certainly not there. */
  absences: Generated<number>;
  /** Its answer was lost, and a person has asked to send it all the same. */
  risk_taken: Generated<boolean>;
  updated_at: Generated<Date>;
  cut_values: string | null;
}

interface TalliesTable {
  export_id: string;
  shard: number;
  bucket: string;
  reason: string;
  calls: number;
  talk_seconds: number;
  bytes: number;
}

/** `refused`: amoCRM does not give the events to this token, or not so that they can be read. */
export type CrossCheckState = 'pending' | 'done' | 'refused';

interface ListingsTable {
  export_id: string;
  /** What is being read, or was read last. */
  source: string | null;
  /** How far, in the order of `updated_at`. */
  reached_at: Date | null;
  pages: Generated<number>;
  events: Generated<number>;
  cross_check: Generated<CrossCheckState>;
  unknown_operators: Generated<number>;
}

/** `missing_list`: the export goes on without a list of the account that only adds names to ids. */
export type RemarkKind = 'unreadable' | 'deleted' | 'missing_list';

interface ListingRemarksTable {
  export_id: string;
  kind: RemarkKind;
  name: string;
}

interface PlanFactsTable extends PlannedFactColumns {
  export_id: string;
  call_id: number;
}

interface TalksTable {
  account_id: number;
  connection_id: string;
  call_id: number;
  export_id: string;
  re_export: boolean;
  talk_id: string | null;
  /** Found by a search, not named by an answer. */
  adopted: Generated<boolean>;
  committed_at: Date;
  /** The metadata that tells the talk apart, as it was sent. */
  sent: Record<string, string>;
  bytes: number | null;
  audio_format: string | null;
  looked_at: Date | null;
  absent_since: Date | null;
  missing_at: Date | null;
}

interface RateBucketsTable {
  bucket: string;
  /** The moment that was given out last. */
  arrival_at: Date;
  /** The place in the line of bulk requests that was given out last. */
  line_at: Generated<Date>;
}

interface BreakersTable {
  account_id: number;
  reason: 'amocrm_throttled' | 'amocrm_blocked';
  /** In a row. */
  refusals: number;
  /** Nobody asks before. */
  closed_until: Date;
  /** While one request tries whether amoCRM answers again: when it is given up. */
  probe_until: Date | null;
  /** When it answered again; null until then. */
  mended_at: Date | null;
}

interface ConnectionKeysTable {
  account_id: number;
  connection_id: string;
  keys: string[];
  learned_at: Date;
}

interface BrakesTable {
  account_id: number;
  service: 'speechsense';
  held_until: Date;
  failures: number;
  failed_at: Date;
}

interface SpentTokensTable {
  jti: string;
  expires_at: Date;
}

/** How a command went: as it was answered, to be answered again. */
export type CommandOutcome = { done: true } | { refused: ErrorCode; values: ErrorValues };

interface CommandsTable {
  account_id: number;
  key: string;
  request: string;
  export_id: string;
  begins_export: boolean;
  user_id: number;
  asked_at: Generated<Date>;
  outcome: CommandOutcome | null;
}

interface AdministratorsTable {
  account_id: number;
  user_id: number;
  is_admin: boolean;
  checked_at: Generated<Date>;
}
