import { isPublicAddress } from './safe-address.ts';

/** Where recording links may lead. */
export interface LinkPolicy {
  /** `host:port` entries that may be anywhere, loopback included. */
  insecureHosts: ReadonlySet<string>;
  /** Whether a literal IP address may be connected to. */
  allowsAddress: (address: string) => boolean;
}

export function linkPolicy({ insecureHosts, allowsAddress }: Partial<LinkPolicy>): LinkPolicy {
  return { insecureHosts: insecureHosts ?? new Set(), allowsAddress: allowsAddress ?? isPublicAddress };
}
