import { BLOCKS, type Mapping, type MappingLine } from '../api/types.ts';

/** The text of a mapping's file; the command line's `settings set --file` takes it too. */
export function mappingFile(mapping: Mapping): string {
  return `${JSON.stringify({ mapping }, null, 2)}\n`;
}

/** The mapping of such a file, or of a whole settings file; null when the text is neither. Absent blocks are empty. */
export function readMappingFile(text: string): Mapping | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  const blocks = property(content, 'mapping');
  if (typeof blocks !== 'object' || blocks === null || Array.isArray(blocks)) return null;
  const mapping: Mapping = { deal: [], contact: [], company: [], call: [] };
  for (const block of BLOCKS) {
    const lines = readLines(property(blocks, block));
    if (!lines) return null;
    mapping[block] = lines;
  }
  return mapping;
}

function readLines(lines: unknown): MappingLine[] | null {
  if (lines === undefined) return [];
  if (!Array.isArray(lines)) return null;
  const read = lines.flatMap((line: unknown) => {
    const amocrm = property(line, 'amocrm');
    const speechsense = property(line, 'speechsense');
    return typeof amocrm === 'string' && typeof speechsense === 'string' ? [{ amocrm, speechsense }] : [];
  });
  return read.length === lines.length ? read : null;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
