import { type Block, BLOCKS, type FieldCatalogue, type Mapping } from '../api/types.ts';

type MappingNote = 'field_missing' | 'field_unknown' | 'key_missing' | 'key_invalid' | 'key_reserved' | 'key_duplicate';

/** Keys that every export fills by itself and no mapping may take: a talk is looked for by them. */
const RESERVED_KEYS = ['call_id', 'date', 'direction_outgoing'];

const KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

export interface LineNotes {
  field: MappingNote | null;
  key: MappingNote | null;
}

/**
 * What stands out in each line while it is being edited; the server has the last word when it is saved. A line in which
 * nothing is filled in has no notes.
 *
 * @param catalogue null while the account's fields are not loaded.
 */
export function mappingNotes(mapping: Mapping, catalogue: FieldCatalogue | null): Record<Block, LineNotes[]> {
  const uses = new Map<string, number>();
  for (const { speechsense } of BLOCKS.flatMap((block) => mapping[block])) {
    uses.set(speechsense, (uses.get(speechsense) ?? 0) + 1);
  }

  const notesOf = (block: Block): LineNotes[] => {
    const known = catalogue && new Set(catalogue[block].map(({ key }) => key));
    return mapping[block].map(({ amocrm, speechsense }) => {
      if (amocrm === '' && speechsense === '') return { field: null, key: null };
      return { field: fieldNote(amocrm, known), key: keyNote(speechsense, uses) };
    });
  };
  return { deal: notesOf('deal'), contact: notesOf('contact'), company: notesOf('company'), call: notesOf('call') };
}

function fieldNote(field: string, known: Set<string> | null): MappingNote | null {
  if (field === '') return 'field_missing';
  return known && !known.has(field) ? 'field_unknown' : null;
}

function keyNote(key: string, uses: Map<string, number>): MappingNote | null {
  if (key === '') return 'key_missing';
  if (!KEY.test(key)) return 'key_invalid';
  if (RESERVED_KEYS.includes(key)) return 'key_reserved';
  return (uses.get(key) ?? 0) > 1 ? 'key_duplicate' : null;
}

/** The suggested key, with a number where another line already has it. */
export function freeKey(suggested: string, mapping: Mapping): string {
  const taken = new Set(BLOCKS.flatMap((block) => mapping[block]).map(({ speechsense }) => speechsense));
  let key = suggested;
  for (let number = 2; taken.has(key); number++) key = `${suggested}_${number}`;
  return key;
}
