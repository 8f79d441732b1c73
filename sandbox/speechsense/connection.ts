/** The types that a connection's metadata key may have. */
export const FIELD_TYPES = ['STRING', 'NUMBER', 'DECIMAL', 'BOOLEAN', 'DATE', 'JSON'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** A SpeechSense connection: where talks are uploaded to, with the metadata keys that it keeps. */
export interface Connection {
  id: string;
  keys: Record<string, FieldType>;
}

/** The keys that a two-channel connection has from the start. */
export const TWO_CHANNEL_KEYS: Record<string, FieldType> = {
  operator_name: 'STRING',
  operator_id: 'STRING',
  client_name: 'STRING',
  client_id: 'STRING',
  date: 'DATE',
  direction_outgoing: 'BOOLEAN',
  language: 'STRING',
};

/** The keys of the sandbox's own connection: those, the call's id, and a few that a mapping fills. */
export const SANDBOX_KEYS: Record<string, FieldType> = {
  ...TWO_CHANNEL_KEYS,
  call_id: 'STRING',
  call_duration: 'NUMBER',
  call_phone: 'STRING',
  deal_name: 'STRING',
};
