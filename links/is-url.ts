/** As `URL.canParse`, which on Node 20 misreads characters such as é and the soft hyphen once it has been called often. */
export function isUrl(text: string): boolean {
  try {
    new URL(text);
    return true;
  } catch {
    return false;
  }
}
