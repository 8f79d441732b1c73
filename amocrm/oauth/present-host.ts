import axios, { type AxiosResponse } from 'axios';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import { readClaims } from './access-token-claims.ts';
import { accountAddress, type Address, productAddress, serviceAddress } from '../http/host.ts';
import { pauseAsked } from '../http/retry-after.ts';
import type { AmocrmTransport } from '../http/transport.ts';

export interface PresentHost {
  accountId: number;
  host: string;
}

interface Asking {
  transport: AmocrmTransport;
  insecureHosts: readonly string[];
  /** How long the answer may take. */
  withinMs: number;
}

/** The tokens of an account, and the host where it lived when it was last found. */
export interface Tokens {
  host: string;
  access: string;
  /** Null for a long-lived token. */
  refresh: string | null;
}

interface Question {
  endpoint: string;
  address: (insecureHosts: readonly string[]) => Address;
  headers: Record<string, string>;
}

/**
 * How amoCRM is asked: since September 2024 by the refresh token, at the domain that the access token names. A long-lived
 * token has no refresh token beside it and is asked for in the way before that, which is documented as deprecated: public
 * integrations find the account of such a token so.
 */
function questionFor({ host, access, refresh }: Tokens): Question {
  const { apiDomain } = readClaims(access);
  if (refresh === null || apiDomain === undefined) {
    return {
      endpoint: '/oauth2/account/subdomain',
      address: (insecureHosts) => productAddress(host, insecureHosts),
      headers: { Authorization: `Bearer ${access}` },
    };
  }
  return {
    endpoint: '/oauth2/account/current/subdomain',
    address: (insecureHosts) => serviceAddress(apiDomain, insecureHosts),
    headers: { 'X-Refresh-Token': refresh },
  };
}

/** The route that {@link askPresentHost} takes. */
export function presentHostEndpoint(tokens: Tokens): string {
  return questionFor(tokens).endpoint;
}

/** What both resources answer. */
const presentDomainSchema = z.looseObject({ id: z.coerce.number().int(), domain: z.string() });

/**
 * Asks where the account lives that the tokens belong to, which uses none of them up.
 *
 * @returns undefined where amoCRM does not say, or names no host of its own.
 * @throws {ExportError} `amocrm_unavailable`, `amocrm_throttled`, `amocrm_blocked`: it could not be asked just now.
 */
export async function askPresentHost(
  { transport, insecureHosts, withinMs }: Asking,
  tokens: Tokens,
): Promise<PresentHost | undefined> {
  const { endpoint, address, headers } = questionFor(tokens);
  const asked = allowed(() => address(insecureHosts));
  if (!asked) return undefined;
  const { host, url } = asked;
  const answer = await transport
    .get<string>(`${url}${endpoint}`, { headers, signal: AbortSignal.timeout(withinMs) })
    .catch((error: unknown) => {
      if (!axios.isAxiosError(error)) throw error;
      // The axios error holds the request with its token: only its code goes on.
      throw new ExportError('amocrm_unavailable', {
        values: { host, request: endpoint, what: error.code ?? 'no answer' },
      });
    });
  throwIfPassing(answer, host, endpoint);
  const present = domainOf(answer);
  const account = present && allowed(() => accountAddress(present.domain, insecureHosts));
  return account && { accountId: present.id, host: account.host };
}

/** What amoCRM answers whatever it was asked, and another time would not. */
function throwIfPassing(answer: AxiosResponse<string>, host: string, request: string): void {
  const { status } = answer;
  const details = { values: { host, request, what: String(status), status }, ...pauseAsked(answer, Date.now()) };
  if (status === 429) throw new ExportError('amocrm_throttled', details);
  if (status === 403) throw new ExportError('amocrm_blocked', details);
  if (status >= 500) throw new ExportError('amocrm_unavailable', details);
}

function domainOf({ status, data }: AxiosResponse<string>) {
  if (status !== 200) return undefined;
  try {
    return presentDomainSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}

function allowed<T>(address: () => T): T | undefined {
  try {
    return address();
  } catch {
    return undefined;
  }
}
