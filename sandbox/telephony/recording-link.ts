import { PLAIN_FORMATS, RECORDING_FORMATS } from '../recording-formats.ts';
import type { Recording } from './recording.ts';

/** What a link to a recording says. */
export interface RecordingLink {
  recording: Recording;
  /** After this moment of the sandbox's clock the link is dead. */
  expiresAtMs: number | undefined;
}

/** The path of a recording's link. */
export function linkPath({ recording, expiresAtMs }: RecordingLink): string {
  const query = new URLSearchParams(
    recording.sizeBytes === undefined
      ? { seconds: String(recording.talkSeconds) }
      : { size: String(recording.sizeBytes) },
  );
  if (expiresAtMs !== undefined) query.set('expires', String(expiresAtMs));
  return `/records/${encodeURIComponent(recording.worldId)}/rec.${recording.format}?${query.toString()}`;
}

/** Reads a link back; undefined for one that this server never gave out. */
export function readLink(path: string): RecordingLink | undefined {
  const url = new URL(path, 'http://telephony');
  const match = /^\/records\/([^/]+)\/rec\.([\w-]+)$/.exec(url.pathname);
  const format = RECORDING_FORMATS.find((known) => known === match?.[2]);
  if (match?.[1] === undefined || format === undefined) return undefined;
  const worldId = decodeURIComponent(match[1]);
  const number = (name: string): number | undefined => {
    const value = Number(url.searchParams.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const talkSeconds = number('seconds');
  const sizeBytes = number('size');
  const expiresAtMs = number('expires');
  const plain = PLAIN_FORMATS.find((known) => known === format);
  if (sizeBytes !== undefined && plain) return { recording: { worldId, format: plain, sizeBytes }, expiresAtMs };
  if (talkSeconds !== undefined) return { recording: { worldId, format, talkSeconds }, expiresAtMs };
  return undefined;
}
