/** What part of a recording an answer with 206 says that it is. */
export interface AnsweredRange {
  isWhole: boolean;
  /** Of the part. */
  sizeBytes: number;
}

/**
 * Reads a `Content-Range`. We ask for no part, yet some servers answer with 206 and the whole: `bytes 0-99/100`, `0-99/*`
 * where they do not tell the size, `0-100/100` where they count wrongly.
 */
export function answeredRange(header: string | undefined): AnsweredRange | undefined {
  const [, first, last, total] =
    /^\s*bytes[\s=:]*(\d{1,15})\s*-\s*(\d{1,15})\s*\/\s*(\d{1,15}|\*)\s*$/i.exec(header ?? '') ?? [];
  if (first === undefined || Number(last) < Number(first)) return undefined;
  const sizeBytes = Number(last) - Number(first) + 1;
  if (total === '*' || total === undefined) return { isWhole: first === '0', sizeBytes };
  return { isWhole: Number(first) === 0 && sizeBytes >= Number(total), sizeBytes: Math.min(sizeBytes, Number(total)) };
}
