/** What the back end's widget API takes and gives: its own shapes, types only. */
import type { ExportSettings } from '../../../settings/export-settings.ts';
import type { MappingBlock } from '../../../settings/mapping.ts';
import type { Call } from '../../../backend/api/shapes/call.ts';

export type { AccountView as Account, CompletedExport, Status } from '../../../backend/api/shapes/account.ts';
export type { Call, CallPage } from '../../../backend/api/shapes/call.ts';
export type { Field, FieldCatalogue, User } from '../../../backend/api/shapes/catalogue.ts';
export type {
  ConnectionInput,
  ConnectionKey,
  ConnectionOutcome,
  StoredConnection,
} from '../../../backend/api/shapes/connection.ts';
export type { ExportPage, ExportState, ExportStatus } from '../../../backend/api/shapes/export-status.ts';
export type { Preview } from '../../../backend/api/shapes/preview.ts';
export type { RetryChoice } from '../../../backend/api/shapes/retry.ts';
export type { SavedSettings, SettingsForm, SettingsOutcome } from '../../../backend/api/shapes/settings.ts';
export type { Sentence } from '../../../errors/codes.ts';

export type Settings = ExportSettings;
export type Direction = ExportSettings['direction'];
export type Period = NonNullable<ExportSettings['period']>;
export type Mapping = ExportSettings['mapping'];
export type Block = MappingBlock;
export type MappingLine = Mapping[Block][number];

export const BLOCKS = ['deal', 'contact', 'company', 'call'] as const satisfies readonly Block[];

export type CallState = Call['state'];
export const CALL_STATES = [
  'exported',
  'failed',
  'waiting',
  'unconfirmed',
  'skipped',
  'planned',
] as const satisfies readonly CallState[];

type CallOrder = 'newest' | 'oldest' | 'latest';

export interface CallQuery {
  state?: CallState | undefined;
  reason?: string | undefined;
  operatorId?: number | undefined;
  order?: CallOrder | undefined;
  after?: string | undefined;
  limit: number;
}

export type ReportFormat = 'csv' | 'xlsx' | 'json';
