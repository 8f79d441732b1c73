/** The part of a file that a request wants; `to` is not included. */
export type WantedBytes = { kind: 'whole' } | { kind: 'part'; from: number; to: number } | { kind: 'unsatisfiable' };

/** Reads a Range header with one range; anything else means the whole file, as RFC 9110 §14.2 allows. */
export function wantedBytes(header: string | undefined, sizeBytes: number): WantedBytes {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const first = match?.[1] ?? '';
  const last = match?.[2] ?? '';
  if (first === '' && last === '') return { kind: 'whole' };
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  return from >= to ? { kind: 'unsatisfiable' } : { kind: 'part', from, to };
}
