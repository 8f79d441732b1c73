/** The system's or undici's word for an error, such as ECONNREFUSED; its message may quote a link or a path. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
