import { opensAddress } from '../../settings/recording-hosts.ts';
import { isPublicAddress } from './safe-address.ts';

/** Where recording links may lead. */
export interface LinkPolicy {
  /** `host:port` entries that may be anywhere, loopback included. */
  insecureHosts: ReadonlySet<string>;
  /** Whether a literal IP address may be connected to, for this host name of a link. */
  allows(hostname: string, address: string): boolean;
}

export interface LinkPolicyOptions {
  insecureHosts: ReadonlySet<string>;
  /** What the account's settings open of private networks. */
  recordingHosts: readonly string[];
  isPublic?: (address: string) => boolean;
}

export function linkPolicy({
  insecureHosts,
  recordingHosts,
  isPublic = isPublicAddress,
}: LinkPolicyOptions): LinkPolicy {
  const opens = opensAddress(recordingHosts);
  return { insecureHosts, allows: (hostname, address) => isPublic(address) || opens(hostname, address) };
}
