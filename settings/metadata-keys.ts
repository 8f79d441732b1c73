/** SpeechSense's own bound on the metadata keys of a connection. */
export const MAX_METADATA_KEYS = 200;

/** A metadata key that every export fills by itself. */
export interface DefaultMetadataKey {
  key: string;
  type: 'STRING' | 'DATE' | 'BOOLEAN';
  title: { en: string; ru: string };
  /** A connection for two-channel calls has it from the start; otherwise it is to be created. */
  isBuiltIn: boolean;
  /** A mapping cannot take it: a talk whose upload was not confirmed is looked for by it. */
  isReserved: boolean;
}

export const DEFAULT_METADATA_KEYS: readonly DefaultMetadataKey[] = [
  builtIn('operator_id', 'STRING', 'Operator ID', 'ID оператора'),
  builtIn('operator_name', 'STRING', 'Operator', 'Оператор'),
  builtIn('client_id', 'STRING', 'Client ID', 'ID клиента'),
  builtIn('client_name', 'STRING', 'Client', 'Клиент'),
  { ...builtIn('date', 'DATE', 'Time of the call', 'Время звонка'), isReserved: true },
  { ...builtIn('direction_outgoing', 'BOOLEAN', 'Outgoing call', 'Исходящий звонок'), isReserved: true },
  builtIn('language', 'STRING', 'Language', 'Язык'),
  {
    ...builtIn('call_id', 'STRING', 'Call ID (amoCRM note)', 'ID звонка (примечание amoCRM)'),
    isBuiltIn: false,
    isReserved: true,
  },
];

function builtIn(key: string, type: DefaultMetadataKey['type'], en: string, ru: string): DefaultMetadataKey {
  return { key, type, title: { en, ru }, isBuiltIn: true, isReserved: false };
}
