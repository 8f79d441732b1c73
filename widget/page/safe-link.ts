/** The address if a link may lead there: amoCRM's own and the back end's are http or https, `javascript:` is neither. */
export function safeLink(address: string | null): string | undefined {
  if (address === null || !URL.canParse(address)) return undefined;
  return ['https:', 'http:'].includes(new URL(address).protocol) ? address : undefined;
}
