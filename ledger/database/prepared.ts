import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';

const MARK = '/* prepared */';

/**
 * Begins a statement that each connection prepares once and then only carries out: for those that run once a call or
 * more often, where planning costs more than the work. Its text must not vary with its values.
 */
export const prepared: RawBuilder<unknown> = sql.raw(MARK);

/** The arguments of pg's `query`, with a name for a marked statement, by which the server knows it again. */
export function named(given: unknown[]): unknown[] {
  const [text, values] = given;
  if (typeof text !== 'string' || !text.trimStart().startsWith(MARK)) return given;
  return [{ name: nameOf(text), text, values }];
}

const names = new Map<string, string>();

/** The text's own, so that a statement that was changed is another one. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
  names.set(text, name);
  return name;
}
