/** A field that a mapping can name in `amocrm`, as `fields` lists it. */
export interface MappableField {
  key: string;
  title: { en: string; ru: string };
  type: 'text' | 'number' | 'url' | 'date_time';
  /** The SpeechSense key to offer for it. */
  suggestedKey: string;
}

/** Fields of one block, their suggested keys beginning with the block's name. */
export function fieldsOf(block: string) {
  return (key: string, type: MappableField['type'], en: string, ru: string): MappableField => ({
    key,
    type,
    title: { en, ru },
    suggestedKey: `${block}_${key}`,
  });
}
