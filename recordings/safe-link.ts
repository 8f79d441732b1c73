import { isIP } from 'node:net';
import { ExportError } from '../errors/export-error.ts';
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
 * @throws ExportError `recording_missing` (not a link), `recording_host_forbidden`. Neither names the link.
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
  const authorization = basicAuthorization(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url, authorization };
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
