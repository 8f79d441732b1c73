import { createHash } from 'node:crypto';
import { z } from 'zod';

export type EntityType = 'lead' | 'contact' | 'company' | 'customer';

/** A call note with its telephony's variants told apart, but nothing judged yet. */
export interface CallNote {
  noteId: number;
  entityType: EntityType;
  entityId: number;
  direction: 'incoming' | 'outgoing';
  createdAt: Date;
  updatedAt: Date;
  createdBy: number;
  responsibleUserId: number;
  /** Seconds; null when absent, which is not the same as 0 (a missed call). */
  talkSeconds: number | null;
  link: string | null;
  uniq: string | null;
  /** The telephony's name, in `source` or, by older integrations, `src`. */
  source: string | null;
  phone: string | null;
  result: string | null;
  status: number | null;
  /** A user's id, name or phone, as the telephony pleases. */
  callResponsible: string | null;
  /** `params` is there but makes no sense. */
  unreadable: boolean;
}

const whole = z.coerce.number().int();

/** What every note has. Whatever else it has is read leniently: vendors differ. */
export const noteSchema = z.looseObject({
  id: whole,
  entity_id: whole.catch(0),
  created_by: whole.catch(0),
  responsible_user_id: whole.catch(0),
  created_at: whole,
  updated_at: whole,
  note_type: z.union([z.string(), z.number()]).transform(String),
  // A note without any is a call like others, with nothing said.
  params: z.unknown().optional(),
});

/** Numeric types are the old API's, which some integrations still write. */
const DIRECTIONS = new Map<string, CallNote['direction']>([
  ['call_in', 'incoming'],
  ['call_out', 'outgoing'],
  ['10', 'incoming'],
  ['11', 'outgoing'],
]);

/** Milliseconds were seen where seconds are documented; no call is from the year 5138. */
const MAX_SECONDS = 100_000_000_000;

/** A note of `/notes` as a call note; undefined when it is not one. */
export function toCallNote(note: z.output<typeof noteSchema>, entityType: EntityType): CallNote | undefined {
  const direction = DIRECTIONS.get(note.note_type);
  if (!direction) return undefined;
  const params = readParams(note.params);
  const get = (name: string) => params?.get(name);
  return {
    noteId: note.id,
    entityType,
    entityId: note.entity_id,
    direction,
    createdAt: toDate(note.created_at),
    updatedAt: toDate(note.updated_at),
    createdBy: note.created_by,
    responsibleUserId: note.responsible_user_id,
    talkSeconds: toSeconds(get('duration')),
    link: toText(get('link')),
    uniq: toText(get('uniq')),
    source: toText(get('source')) ?? toText(get('src')),
    phone: toText(get('phone')),
    result: toText(get('call_result')),
    status: toWhole(get('call_status')),
    callResponsible: toText(get('call_responsible')),
    unreadable: params === undefined,
  };
}

/**
 * What tells a call from others in its account: the telephony with its own id of the call, else the recording's link,
 * else the note itself. An empty `uniq` tells nothing.
 */
export function callIdentity({
  source,
  uniq,
  link,
  noteId,
}: Pick<CallNote, 'source' | 'uniq' | 'link' | 'noteId'>): string {
  // Both as JSON: vendors put colons into either, and two calls must never become one.
  if (uniq !== null) return `uniq:${JSON.stringify([source, uniq])}`;
  if (link !== null) return `link:${createHash('sha256').update(link).digest('hex')}`;
  return `note:${noteId}`;
}

/** Parameters by lower-case name; they may come as a JSON string, and in capitals. Undefined: not readable. */
function readParams(raw: unknown): Map<string, unknown> | undefined {
  let params: unknown = raw ?? {};
  if (typeof params === 'string') {
    try {
      params = JSON.parse(params) as unknown;
    } catch {
      return undefined;
    }
  }
  if (typeof params !== 'object' || params === null) return undefined;
  return new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]));
}

function toText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text.slice(0, 4_000);
}

function toWhole(value: unknown): number | null {
  const text = toText(value);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function toSeconds(value: unknown): number | null {
  const text = toText(value);
  if (text === null || !/^\d{1,9}(\.\d+)?$/.test(text)) return null;
  return Math.round(Number(text));
}

function toDate(seconds: number): Date {
  return new Date(seconds > MAX_SECONDS ? seconds : seconds * 1000);
}
