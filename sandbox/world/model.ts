import type { RecordingFormat } from '../recording-formats.ts';

/** The entities that amoCRM hangs notes on, by their names in paths. */
export const ENTITY_TYPES = ['leads', 'contacts', 'companies', 'customers'] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

export interface Recording {
  worldId: string;
  format: RecordingFormat;
  talkSeconds: number;
}

export interface EntityRef {
  entityType: EntityType;
  entityId: number;
}

export interface Group {
  id: number;
  name: string;
}

export interface Operator {
  id: number;
  name: string;
  email: string;
  /** The operator's own telephone, some telephonies name operators by it. */
  phone: string;
  groupId: number;
  isAdmin: boolean;
  isActive: boolean;
  /** Deleted users are in no list, though old notes keep their ids. */
  isDeleted: boolean;
}

export interface Tag {
  id: number;
  name: string;
  color: string | null;
}

export interface Status {
  id: number;
  name: string;
  sort: number;
  isEditable: boolean;
  color: string;
  type: number;
}

export interface Pipeline {
  id: number;
  name: string;
  sort: number;
  isMain: boolean;
  statuses: Status[];
}

export interface LossReason {
  id: number;
  name: string;
}

export interface FieldEnum {
  id: number;
  value: string;
  sort: number;
  code?: string;
}

export interface CustomField {
  id: number;
  entityType: EntityType;
  name: string;
  type: string;
  code: string | null;
  enums: FieldEnum[] | null;
}

/** As the API shows it; kept in that shape because nothing here computes with it. */
export interface CustomFieldValue {
  field_id: number;
  field_name: string;
  field_code: string | null;
  field_type: string;
  values: Record<string, unknown>[];
}

/** What every kind of entity has. */
export interface Card {
  id: number;
  name: string;
  responsibleUserId: number;
  createdBy: number;
  /** Unix seconds, like every time in the world. */
  createdAt: number;
  updatedAt: number;
  customFields: CustomFieldValue[] | null;
  tags: Tag[];
}

export interface Contact extends Card {
  firstName: string;
  lastName: string;
  /** Ten digits. */
  phone: string;
  companyId: number | null;
  leadIds: number[];
  customerIds: number[];
}

export interface Lead extends Card {
  price: number;
  pipelineId: number;
  statusId: number;
  lossReasonId: number | null;
  closedAt: number | null;
  /** The first one is the main contact. */
  contactIds: number[];
  companyId: number | null;
}

export interface Company extends Card {
  contactIds: number[];
  leadIds: number[];
}

export interface Customer extends Card {
  contactIds: number[];
  companyId: number | null;
}

export interface Note extends EntityRef {
  id: number;
  noteType: string;
  createdBy: number;
  createdAt: number;
  updatedAt: number;
  /** When the note really came in; `createdAt` of a call is back-dated to the call's start. */
  postedAt: number;
  responsibleUserId: number;
  /** Usually an object; some integrations send it as a JSON string. */
  params: unknown;
}

/** An entry of the account's event feed. */
export interface WorldEvent extends EntityRef {
  id: string;
  type: string;
  at: number;
  createdBy: number;
  noteId: number | null;
}

/** What really happened, whatever the notes say of it: the truth that tests compare with. */
export interface WorldCall {
  worldId: string;
  /** As its notes carry it; empty where the telephony sent none. */
  uniq: string;
  noteIds: number[];
  entities: EntityRef[];
  direction: 'in' | 'out';
  /** Unix seconds. */
  startedAt: number;
  /** 0 for a missed call. */
  talkSeconds: number;
  /** What the notes say; null where they say nothing. */
  noteDuration: number | null;
  hasLink: boolean;
  /** When a link still to come arrives, in Unix seconds; null if none is coming. */
  linkDueAt: number | null;
  operatorId: number;
  /** Null for a missed call. */
  format: RecordingFormat | null;
}
