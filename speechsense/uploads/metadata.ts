import { DateTime } from 'luxon';
import { metadataValue } from './metadata-value.ts';

export interface CallMetadataInput {
  /** The note id of the call. */
  callId: string;
  startedAt: Date;
  direction: 'incoming' | 'outgoing';
  operator?: { id: string; name: string };
  client?: { id: string; name: string };
  /** As SpeechSense reads it: `ru-RU`, or `ru-RU, kk-KZ`. */
  language: string;
  /** IANA name or UTC offset of the account. */
  timeZone: string;
  /** What the settings map, by SpeechSense key; undefined where this call has no such value. */
  mapped: Record<string, string | undefined>;
}

export interface CallMetadata {
  fields: Record<string, string>;
  /** Keys whose value was cut to the limit of 1,024 bytes. */
  cutKeys: string[];
}

/**
 * The metadata of one call: the default keys, which are sent with an empty mapping too, then the mapped ones. A mapping
 * may replace a default one with the user's own choice of it, except `call_id`, `date` and `direction_outgoing`: a
 * talk whose upload was not confirmed is looked for by them. Absent and empty values are left out.
 */
export function callMetadata(input: CallMetadataInput): CallMetadata {
  const fixed = {
    call_id: input.callId,
    date: isoWithOffset(input.startedAt, input.timeZone),
    direction_outgoing: String(input.direction === 'outgoing'),
  };
  const replaceable = {
    language: input.language,
    operator_name: input.operator?.name,
    operator_id: input.operator?.id,
    client_name: input.client?.name,
    client_id: input.client?.id,
  };
  const metadata: CallMetadata = { fields: {}, cutKeys: [] };
  add(metadata, fixed);
  add(metadata, input.mapped);
  add(metadata, replaceable);
  return metadata;
}

/** Adds the values that are there, under keys that are not taken yet. */
function add(metadata: CallMetadata, values: Record<string, string | undefined>): void {
  for (const [key, raw] of Object.entries(values)) {
    if (raw === undefined || Object.hasOwn(metadata.fields, key)) continue;
    const { value, cut } = metadataValue(raw);
    if (value === '') continue;
    metadata.fields[key] = value;
    if (cut) metadata.cutKeys.push(key);
  }
}

/** SpeechSense reads a date without an offset as UTC, so it always carries one. */
function isoWithOffset(moment: Date, timeZone: string): string {
  const local = DateTime.fromJSDate(moment, { zone: timeZone });
  const known = local.isValid ? local : DateTime.fromJSDate(moment, { zone: 'utc' });
  return known.startOf('second').toISO({ suppressMilliseconds: true }) ?? moment.toISOString();
}
