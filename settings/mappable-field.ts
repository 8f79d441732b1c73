/** A field that a mapping can name in `amocrm`, as `fields` lists it. */
export interface MappableField {
  key: string;
  title: { en: string; ru: string };
  type: 'text' | 'number' | 'url' | 'date_time';
  /** What a value looks like. */
  example: string;
  /** The SpeechSense key to offer for it. */
  suggestedKey: string;
}

/** Fields of one block, their suggested keys beginning with the block's name. */
export function fieldsOf(block: string) {
  return <Key extends string>(
    key: Key,
    type: MappableField['type'],
    example: string,
    en: string,
    ru: string,
  ): MappableField & { key: Key } => ({ key, type, example, title: { en, ru }, suggestedKey: `${block}_${key}` });
}
