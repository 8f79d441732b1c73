/** The service's limit on one value, in bytes of UTF-8: half as many Cyrillic letters. */
const MAX_VALUE_BYTES = 1_024;

/**
 * A value as SpeechSense takes it: no control characters (line breaks become spaces), well-formed Unicode, and not
 * longer than the limit, cut between two characters.
 */
export function metadataValue(raw: string): { value: string; cut: boolean } {
  const clean = raw
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();
  const bytes = Buffer.from(clean, 'utf8');
  if (bytes.length <= MAX_VALUE_BYTES) return { value: bytes.toString('utf8'), cut: false };
  let end = MAX_VALUE_BYTES;
  while (isContinuation(bytes[end])) end--;
  return { value: bytes.toString('utf8', 0, end).trimEnd(), cut: true };
}

/** A byte in the middle of a UTF-8 character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
