import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import type { Sentence } from '../errors/codes.ts';
import { wrong } from './wrong.ts';

/** Where a company's own telephony can be: the only networks that an account's settings can open to recording links. */
const PRIVATE_NETWORKS = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/**
 * Services of clouds for their machines inside those networks, credentials among them (Alibaba, AWS, Google, Oracle,
 * Scaleway): never opened, whatever the settings say. Those of others (169.254.0.0/16, 192.0.0.192) are in no network
 * that can be opened.
 */
const METADATA_SERVICES = ['100.100.100.0/24', 'fd00:ec2::/32', 'fd20:ce::/32', 'fd00:c1::/32', 'fd00:42::/32'];

const openable = networks(PRIVATE_NETWORKS);
const metadataServices = networks(METADATA_SERVICES);

const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const recordingHost = z
  .string()
  .trim()
  .toLowerCase()
  .superRefine((entry, context) => {
    const problem = problemOf(entry);
    if (problem) context.addIssue({ code: 'custom', ...wrong(problem.en, problem.ru) });
  });

/**
 * Host names, addresses and networks (CIDR) of the account's own telephony that recording links may lead to although
 * they are private. A name opens the private addresses that it resolves to; a network opens itself, by whatever name.
 */
export const recordingHosts = z.array(recordingHost).max(100).default([]);

/**
 * Whether these settings open an address that is not of the public internet.
 *
 * @param hostname as it stands in the link, in lower case.
 * @param address the literal address that it has or resolved to.
 */
export function opensAddress(hosts: readonly string[]): (hostname: string, address: string) => boolean {
  const names = new Set(hosts.map(asciiOf).filter((entry) => HOST_NAME.test(entry)));
  const opened = networks(hosts.filter((entry) => !HOST_NAME.test(asciiOf(entry))));
  return (hostname, address) =>
    isIP(address) !== 0 &&
    isWithin(openable, address) &&
    !isWithin(metadataServices, address) &&
    (names.has(hostname.replace(/\.$/, '')) || isWithin(opened, address));
}

/** A name as links and DNS have it (`xn--…`), where it is one of letters beyond ASCII, such as атс.рф. */
function asciiOf(entry: string): string {
  // Anything behind a name that could be a URL's next part would be dropped unsaid.
  return /^[\p{L}\p{M}\p{N}._-]+$/u.test(entry) ? domainToASCII(entry) || entry : entry;
}

function problemOf(entry: string): Sentence | undefined {
  const name = asciiOf(entry);
  if (HOST_NAME.test(name)) {
    return name === 'localhost' || name.endsWith('.localhost')
      ? { en: 'localhost is never opened', ru: 'localhost не открывается никогда' }
      : undefined;
  }
  const { address, prefix, bits } = parsed(entry);
  if (bits === 0) {
    return {
      en: 'expected a host name, an address or a network such as 10.1.0.0/16, without scheme and port',
      ru: 'нужно имя, адрес или сеть вида 10.1.0.0/16, без схемы и порта',
    };
  }
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > bits) {
    return { en: `a network ends in /1 to /${bits}`, ru: `сеть оканчивается на /1 … /${bits}` };
  }
  const isPartOf = (network: string) => {
    const outer = parsed(network);
    return outer.bits === bits && prefix >= outer.prefix && isWithin(networks([network]), address);
  };
  if (!PRIVATE_NETWORKS.some(isPartOf)) {
    const known = PRIVATE_NETWORKS.join(', ');
    return {
      en: `only private networks can be opened: parts of ${known}`,
      ru: `открыть можно только частные сети: части ${known}`,
    };
  }
  return METADATA_SERVICES.some(isPartOf)
    ? { en: 'cloud metadata services are never opened', ru: 'службы метаданных облака не открываются никогда' }
    : undefined;
}

/** `bits` is 0 for what is no address at all. */
function parsed(entry: string): { address: string; prefix: number; bits: 0 | 32 | 128 } {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = rest.length > 0 || address.includes('%') ? 0 : isIP(address);
  const bits = family === 0 ? 0 : family === 4 ? 32 : 128;
  if (prefix === undefined) return { address, prefix: bits, bits };
  return { address, prefix: /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN, bits };
}

/** One list a family: asked for an IPv6 address, a BlockList would also compare the IPv4 one that it may hide. */
function networks(entries: readonly string[]): Record<4 | 6, BlockList> {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const entry of entries) {
    const { address, prefix, bits } = parsed(entry);
    if (bits === 32) lists[4].addSubnet(address, prefix, 'ipv4');
    else lists[6].addSubnet(address, prefix, 'ipv6');
  }
  return lists;
}

function isWithin(lists: Record<4 | 6, BlockList>, address: string): boolean {
  return isIP(address) === 4 ? lists[4].check(address, 'ipv4') : lists[6].check(address, 'ipv6');
}
