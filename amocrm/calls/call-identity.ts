import { createHash } from 'node:crypto';
import type { CallNote } from './call-note.ts';

/** What integrations send where they have no id of the call. */
const NO_UNIQ = new Set(['0', '-', 'null', 'undefined', 'none', 'nan', 'false']);

/** Longer is no id of anything; cut short, two could become one. */
const MAX_UNIQ = 1_000;

/** Longer ones are told apart by their hash: an index of Postgres holds no more than 2,700 bytes. */
const MAX_LENGTH = 300;

/** The telephony's id of the call; a placeholder is none. */
export function toUniq(text: string | null): string | null {
  return text === null || text.length > MAX_UNIQ || NO_UNIQ.has(text.toLowerCase()) ? null : text;
}

/**
 * What tells a call from others in its account: the telephony with its own id of the call, else the recording's link,
 * else the note itself. An empty `uniq` tells nothing.
 */
export function callIdentity({
  source,
  uniq,
  link,
  noteId,
}: Pick<CallNote, 'source' | 'uniq' | 'link' | 'noteId'>): string {
  // Both as JSON: vendors put colons into either, and two calls must never become one.
  if (uniq !== null) return shortened('uniq', JSON.stringify([source, uniq]));
  if (link !== null) return `link:${sha256(link)}`;
  return `note:${noteId}`;
}

function shortened(kind: string, text: string): string {
  return text.length <= MAX_LENGTH ? `${kind}:${text}` : `${kind}:${sha256(text)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
