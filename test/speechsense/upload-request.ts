import type { UploadRequest } from '../../speechsense/uploads/upload.ts';

export const CHUNK_BYTES = 64 * 1024;

/** An upload of so many chunks; with `then` its source waits for that before it ends. */
export function uploadRequest(
  chunks: number,
  overrides: Partial<UploadRequest> = {},
  then?: () => Promise<void>,
): UploadRequest {
  return {
    connectionId: 'eag-connection',
    apiKey: 'AQVN-key',
    fields: { call_id: '1' },
    signal: new AbortController().signal,
    audio: {
      container: 'mp3',
      sizeBytes: chunks * CHUNK_BYTES,
      chunks: async function* () {
        for (let index = 0; index < chunks; index++) yield Buffer.alloc(CHUNK_BYTES, index);
        await then?.();
      },
    },
    ...overrides,
  };
}

export const never = () => new Promise<void>(() => undefined);
