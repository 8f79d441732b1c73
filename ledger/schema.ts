import type { Generated } from 'kysely';
import type { ExportSettings } from '../settings/export-settings.ts';

/** The tables as kysely sees them. What each is for is said in the migrations that make them. */
export interface Schema {
  accounts: AccountsTable;
  tokens: TokensTable;
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
  talks: TalksTable;
  rate_buckets: RateBucketsTable;
  breakers: BreakersTable;
}

interface AccountsTable {
  account_id: number;
  host: string;
  name: string;
  time_zone: string;
  is_api_filter_enabled: boolean;
  added_at: Generated<Date>;
  filter_ignored_at: Date | null;
}

interface TokensTable {
  account_id: number;
  version: number;
  kind: 'long_lived';
  access_sealed: Buffer;
  updated_at: Generated<Date>;
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
}

export type EntityType = 'lead' | 'contact' | 'company' | 'customer';

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

interface EntityTurnsTable {
  export_id: string;
  holder: string;
  held_until: Date;
  swept: Generated<EntityType[]>;
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
  batches: number | null;
  started_at: Date;
  planned_at: Date | null;
  finished_at: Date | null;
}

export type CallDirection = 'incoming' | 'outgoing';

interface CallsTable {
  call_id: Generated<number>;
  account_id: number;
  note_id: number;
  entity_type: EntityType;
  entity_id: number;
  direction: CallDirection;
  started_at: Date;
  talk_seconds: number | null;
  operator_id: number | null;
  link: string | null;
  link_updated_at: Date | null;
  phone: string | null;
  uniq: string | null;
  source: string | null;
  result: string | null;
  status: number | null;
  unreadable: boolean;
}

interface CallIdentitiesTable {
  account_id: number;
  identity: string;
  call_id: number;
}

interface CallNotesTable {
  account_id: number;
  note_id: number;
  call_id: number;
  entity_type: EntityType;
  entity_id: number;
  updated_at: Date;
}

export type TransferState =
  'listed' | 'skipped' | 'planned' | 'uploading' | 'committing' | 'exported' | 'failed' | 'waiting' | 'unconfirmed';

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
  /** When its recording was first not to be had, of the failures in a row. */
  recording_failing_since: Date | null;
  /** How many attempts ended in a defect of this program. */
  defects: Generated<number>;
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

interface TalksTable {
  account_id: number;
  connection_id: string;
  call_id: number;
  export_id: string;
  re_export: boolean;
  talk_id: string | null;
  committed_at: Date;
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
