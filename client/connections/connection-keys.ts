import { CALL_FIELDS } from '../../settings/call-fields.ts';
import { CARD_FIELDS, customFieldId } from '../../settings/card-fields.ts';
import { MAPPING_BLOCKS, type Mapping } from '../../settings/mapping.ts';
import { DEFAULT_METADATA_KEYS } from '../../settings/metadata-keys.ts';

/** A key that the SpeechSense connection needs, so that what is sent under it is kept and not dropped in silence. */
export interface ConnectionKey {
  key: string;
  type: 'STRING' | 'DATE' | 'BOOLEAN';
  title: { en: string; ru: string };
  /** Every connection for two-channel calls has it; the others are to be created. */
  isBuiltIn: boolean;
}

/**
 * All keys that an export of this mapping fills: those of every export, then the mapped ones. Mapped keys are strings:
 * SpeechSense's own guide for amoCRM knows no other type for added ones.
 */
export function connectionKeys(mapping: Mapping): ConnectionKey[] {
  const standard = DEFAULT_METADATA_KEYS.map(({ key, type, title, isBuiltIn }) => ({ key, type, title, isBuiltIn }));
  const names = new Set(standard.map(({ key }) => key));
  const mapped = MAPPING_BLOCKS.flatMap((block) =>
    mapping[block].map(({ amocrm, speechsense }) => ({
      key: speechsense,
      type: 'STRING' as const,
      title: titleOf(block, amocrm),
      isBuiltIn: false,
    })),
  );
  return [...standard, ...mapped.filter(({ key }) => !names.has(key))];
}

function titleOf(block: (typeof MAPPING_BLOCKS)[number], amocrm: string): ConnectionKey['title'] {
  const fields = block === 'call' ? CALL_FIELDS : CARD_FIELDS[block];
  const known = fields.find(({ key }) => key === amocrm)?.title;
  if (known) return known;
  const fieldId = customFieldId(amocrm) ?? amocrm;
  return { en: `${block}: custom field ${fieldId}`, ru: `${BLOCK_NAMES[block]}: поле ${fieldId}` };
}

const BLOCK_NAMES = { deal: 'Сделка', contact: 'Контакт', company: 'Компания', call: 'Звонок' } as const;
