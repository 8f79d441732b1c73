import { isIP } from 'node:net';
import { ExportError } from '../../errors/export-error.ts';
import { isBlockedPort } from './blocked-ports.ts';
import type { LinkPolicy } from './link-policy.ts';

/** A link whose form is harmless. Where its name leads is checked when it is connected to. */
export interface SafeLink {
  /** Without credentials and fragment. */
  url: URL;
  /** The link's own credentials, as a header, for its own origin only. */
  authorization: string | undefined;
}

/**
 * Reads a recording link, which is hostile input. The URL parser has already turned decimal, octal, hexadecimal and
 * short IPv4 forms and Unicode dots into dotted decimals when the host is looked at.
 *
 * @throws ExportError `recording_missing` (not a link, or none to a host), `recording_host_forbidden`. Neither names the link.
 */
export function safeLink(link: string, policy: LinkPolicy, base?: URL): SafeLink {
  let url: URL;
  try {
    url = new URL(link.trim(), base);
  } catch {
    throw new ExportError('recording_missing');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new ExportError('recording_host_forbidden');
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (!policy.insecureHosts.has(`${address}:${port}`)) {
    if (isBlockedPort(Number(port))) throw new ExportError('recording_host_forbidden');
    if (isIP(address) && !policy.allows(address, address)) throw new ExportError('recording_host_forbidden');
  }
  // A path without a host, which the URL parser, and only it, would take for one.
  if (NO_HOST.test(link)) throw new ExportError('recording_missing');
  const authorization = basicAuthorization(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url, authorization };
}

const NO_HOST = /^\s*https?:(?:[\t\r\n]*[\\/]){3}/i;

/**
 * The target of a redirect. Its bytes beyond ASCII, in whatever encoding, are sent as they came, as browsers do.
 *
 * @param location its bytes as Latin-1.
 * @throws ExportError as {@link safeLink}.
 */
export function redirected(from: SafeLink, location: string, policy: LinkPolicy): SafeLink {
  // eslint-disable-next-line no-control-regex
  const escaped = location.replace(/[^\x00-\x7f]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const to = safeLink(escaped, policy, from.url);
  const authorization = to.authorization ?? (to.url.origin === from.url.origin ? from.authorization : undefined);
  return { url: to.url, authorization };
}

function basicAuthorization(url: URL): string | undefined {
  if (!url.username && !url.password) return undefined;
  return `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
