import type { ServerResponse } from 'node:http';

import type { TelephonyAction } from './telephony-fault.ts';

/** Another status for the whole, or for a half that nobody asked for. */
export function setStatus(
  response: ServerResponse,
  { status, range }: Extract<TelephonyAction, { kind: 'status' }>,
  sizeBytes: number,
): void {
  response.statusCode = status;
  if (status !== 206) return;
  const last = {
    whole: sizeBytes - 1,
    'unknown-size': sizeBytes - 1,
    miscounted: sizeBytes,
    half: halfOf(sizeBytes) - 1,
  };
  const total = range === 'unknown-size' ? '*' : String(sizeBytes);
  response.setHeader('content-range', `bytes 0-${last[range]}/${total}`);
}

export function halfOf(sizeBytes: number): number {
  return Math.floor(sizeBytes / 2);
}
