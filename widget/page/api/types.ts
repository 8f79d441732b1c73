/** What the back end's widget API takes and gives; its own description is at `GET /api/openapi.json`. */

export interface Sentence {
  ru: string;
  en: string;
}

export interface Period {
  /** Calendar days of the account's time zone, `2026-11-22`; both included. */
  from: string;
  to: string;
}

export const BLOCKS = ['deal', 'contact', 'company', 'call'] as const;
export type Block = (typeof BLOCKS)[number];

export interface MappingLine {
  amocrm: string;
  speechsense: string;
}

export type Mapping = Record<Block, MappingLine[]>;

export type Direction = 'all' | 'outgoing' | 'incoming';

export interface Settings {
  /** Null is the last seven days, today included. */
  period: Period | null;
  /** Empty means every user. */
  users: number[];
  direction: Direction;
  reExport: boolean;
  /** 0 is no bound. */
  talkSeconds: { min: number; max: number };
  mapping: Mapping;
}

/** A connection as the back end shows it: of the key only its last four characters. */
export interface StoredConnection {
  connectionId: string;
  language: string;
  apiKeyTail: string;
}

export interface ConnectionInput {
  connectionId: string;
  language: string;
  /** Absent keeps the stored one. */
  apiKey?: string;
}

export interface SavedSettings {
  version: number;
  settings: Settings;
  connection: StoredConnection | null;
  warnings: Sentence[];
}

export interface Account {
  accountId: number;
  host: string;
  name: string;
  timeZone: string;
  state: 'active' | 'reauth_required' | 'not_connected';
  message: Sentence | null;
}

export type ExportState =
  'planning' | 'transferring' | 'settling' | 'blocked' | 'stopping' | 'completed' | 'stopped' | 'failed';

interface CallCounts {
  found: number;
  planned: number;
  exported: number;
  failed: number;
  waiting: number;
  unconfirmed: number;
  remaining: number;
  skipped: Record<string, number>;
}

export interface ExportStatus {
  exportId: string;
  kind: string;
  state: ExportState;
  /** Code of the error that blocks it or has ended it. */
  blockedBy: string | null;
  /** What to do about it; null for an error that the back end does not know. */
  blockedMessage: Sentence | null;
  /** What keeps it from going on just now; it tries again by itself. */
  troubleMessage: Sentence | null;
  startedAt: string;
  finishedAt: string | null;
  etaSeconds: number | null;
  calls: CallCounts;
  talkSeconds: { planned: number; exported: number };
  bytes: { uploaded: number };
  failures: Record<string, number>;
  /** Keys of the mapping that the connection does not have. */
  droppedKeys?: string[];
  warnings?: Sentence[];
  period?: Period | null;
  startedBy?: { id: number; name: string } | null;
}

export interface Status {
  account: Account;
  connection: StoredConnection | null;
  settingsVersion: number;
  audioConversion: boolean;
  export: ExportStatus | null;
}

export interface User {
  id: number;
  name: string;
  group: string | null;
  active: boolean;
}

export interface Field {
  key: string;
  title: Sentence | string;
  type: string;
  example: string | null;
  suggestedKey: string;
}

export type FieldCatalogue = Record<Block, Field[]>;

export interface ConnectionOutcome {
  ok: boolean;
  code: string | null;
  message: Sentence;
  requestId: string;
}

export interface ConnectionKey {
  key: string;
  title: Sentence;
  /** A connection has it from the start. */
  standard: boolean;
}

export interface Preview {
  state: 'planning' | 'completed' | 'failed';
  error: { code: string; message: Sentence } | null;
  calls: {
    found: number;
    planned: number;
    skipped: Record<string, number>;
    failed: number;
    waiting: number;
    unconfirmed: number;
  };
  talkSeconds: { planned: number };
  estimate: { requests: number; seconds: number; roubles: number | null } | null;
  warnings: Sentence[];
}

export interface ExportPage {
  exports: ExportStatus[];
  next: string | null;
}

export const CALL_STATES = ['exported', 'failed', 'waiting', 'unconfirmed', 'skipped', 'planned'] as const;

export interface Call {
  call_id: string | number;
  started_at: string;
  talk_seconds: number | null;
  direction: 'incoming' | 'outgoing' | null;
  operator_name: string | null;
  card_link: string | null;
  state: string;
  reason: string | null;
  reasonText: Sentence | null;
  talk_id: string | null;
}

export interface CallPage {
  calls: Call[];
  next: string | null;
}

export interface CallQuery {
  state?: string | undefined;
  reason?: string | undefined;
  after?: string | undefined;
  limit: number;
}

export type ReportFormat = 'csv' | 'xlsx' | 'json';

export interface RetryChoice {
  reasons?: string[];
  unconfirmed?: boolean;
}
