import { isUrl } from '../../links/is-url.ts';
import { linksIn } from '../../links/links-in.ts';
import { toWholeText } from '../http/loose-values.ts';

/**
 * A note's parameters by lower-case name. They may come in capitals (the old API), as a JSON string, and some
 * integrations put all of it, or the link alone, into the note's text. Undefined: not readable.
 */
export function readCallParams(raw: unknown): ReadonlyMap<string, unknown> | undefined {
  const params = mapOf(raw ?? {});
  if (!params) return undefined;
  const text = toWholeText(params.get('text'));
  for (const [name, value] of text === null ? [] : inText(text)) keepFilled(params, name, value);
  return params;
}

/** Longer than any server takes as a request line; what is longer is no link. */
const MAX_LINK = 16_384;

/**
 * What the field for the recording's link holds, if a link is in it: some telephonies write `-`, `нет записи` or
 * `about:blank` until they have it, and what stands for every call must not make one call of them all.
 *
 * A text that is a URL stays as it is, since calls were told apart by it before links were read out of other texts.
 */
export function toLink(value: unknown): string | null {
  const text = toWholeText(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
  if (text === null || text.length > MAX_LINK) return null;
  if (/^https?:/i.test(text) && isUrl(text)) return text;
  const links = linksIn(text);
  return links.length === 0 ? null : links.join('\n');
}

function inText(text: string): Iterable<[string, unknown]> {
  if (text.startsWith('{')) return mapOf(text) ?? [];
  return /^https?:\/\/\S+$/.test(text) ? [['link', text]] : [];
}

function mapOf(raw: unknown): Map<string, unknown> | undefined {
  const value = typeof raw === 'string' ? parsed(raw) : raw;
  if (typeof value !== 'object' || value === null) return undefined;
  const params = new Map<string, unknown>();
  for (const [name, one] of Object.entries(value)) keepFilled(params, name.toLowerCase(), one);
  return params;
}

/** `LINK` and `link` may both be there, one of them empty. */
function keepFilled(params: Map<string, unknown>, name: string, value: unknown): void {
  if (toWholeText(params.get(name)) === null) params.set(name, value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
