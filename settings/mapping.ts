import { z } from 'zod';
import { CALL_FIELDS } from './call-fields.ts';
import { CARD_FIELDS, type CardBlock, customFieldId } from './card-fields.ts';
import type { MappableField } from './mappable-field.ts';
import { DEFAULT_METADATA_KEYS, MAX_METADATA_KEYS } from './metadata-keys.ts';
import { wrong } from './wrong.ts';

/** The blocks of a mapping, in the order in which they fill keys. */
export const MAPPING_BLOCKS = ['deal', 'contact', 'company', 'call'] as const;
export type MappingBlock = (typeof MAPPING_BLOCKS)[number];

/** Of a block: more than a connection has keys, so that too many keys are called what they are. */
const MAX_LINES = 500;

/** What SpeechSense takes as the name of a key. */
export const METADATA_KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/** One line of the field mapping: an amoCRM field of the block's card and the SpeechSense metadata key it fills. */
const entry = z.strictObject({
  amocrm: z.string().trim().min(1),
  speechsense: z
    .string()
    .trim()
    .refine(
      (key) => METADATA_KEY.test(key),
      wrong(
        'expected a key of Latin letters, digits and _, such as deal_name',
        'нужен ключ из латинских букв, цифр и _, например deal_name',
      ),
    ),
});

/** The rules on keys hang on the mapping itself, so that they are told together with what is wrong elsewhere. */
export const mapping = z
  .strictObject({
    deal: cardBlock('deal'),
    contact: cardBlock('contact'),
    company: cardBlock('company'),
    call: z
      .array(entry.extend({ amocrm: knownField('call', CALL_FIELDS, () => false) }))
      .max(MAX_LINES)
      .default([]),
  })
  .superRefine((blocks, context) => {
    const taken = new Set(DEFAULT_METADATA_KEYS.filter(({ isReserved }) => isReserved).map(({ key }) => key));
    let keys = DEFAULT_METADATA_KEYS.length;
    for (const block of MAPPING_BLOCKS) {
      blocks[block].forEach(({ speechsense }, index) => {
        keys++;
        if (taken.has(speechsense)) {
          context.addIssue({
            code: 'custom',
            path: [block, index, 'speechsense'],
            ...wrong(
              `the key ${speechsense} is already filled by another line or by the export itself`,
              `ключ ${speechsense} уже занят другой строкой или самой выгрузкой`,
            ),
          });
        }
        taken.add(speechsense);
      });
    }
    if (keys > MAX_METADATA_KEYS) {
      context.addIssue({
        code: 'custom',
        path: [],
        ...wrong(
          `${keys} metadata keys, but a SpeechSense connection holds ${MAX_METADATA_KEYS}`,
          `ключей метаданных ${keys}, а подключение SpeechSense вмещает ${MAX_METADATA_KEYS}`,
        ),
      });
    }
  })
  .default({ deal: [], contact: [], company: [], call: [] });

export type Mapping = z.output<typeof mapping>;

const MAX_SHOWN = 100;

/** Custom fields come and go in the account; whether one is there is the account's to say, not the file's. */
function cardBlock(block: CardBlock) {
  const isCustom = (name: string) => customFieldId(name) !== undefined;
  return z
    .array(entry.extend({ amocrm: knownField(block, CARD_FIELDS[block], isCustom) }))
    .max(MAX_LINES)
    .default([]);
}

function knownField(block: MappingBlock, fields: readonly MappableField[], isCustom: (name: string) => boolean) {
  const names = fields.map(({ key }) => key);
  const known = `${names.join(', ')}${block === 'call' ? '' : ', cf_<field id>'}`;
  return entry.shape.amocrm.superRefine((name, context) => {
    if (names.includes(name) || isCustom(name)) return;
    const shown = name.slice(0, MAX_SHOWN);
    context.addIssue({
      code: 'custom',
      ...wrong(`a ${block} has no field ${shown}; there are ${known}`, `нет поля ${shown}; есть ${known}`),
    });
  });
}
