import axios, { type AxiosResponse } from 'axios';
import { z } from 'zod';
import { ExportError } from '../errors/export-error.ts';
import { readClaims } from './access-token-claims.ts';
import { accountAddress, serviceAddress } from './host.ts';
import { pauseAsked } from './retry-after.ts';
import type { AmocrmTransport } from './transport.ts';

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

/** `GET /oauth2/account/current/subdomain`, since September 2024. */
const presentDomainSchema = z.looseObject({ id: z.coerce.number().int(), domain: z.string() });

/**
 * Asks where the account lives that the tokens belong to, which uses none of them up.
 *
 * @returns undefined where amoCRM does not say, or names no host of its own.
 * @throws {ExportError} `amocrm_unavailable`, `amocrm_throttled`, `amocrm_blocked`: it could not be asked just now.
 */
export async function askPresentHost(
  { transport, insecureHosts, withinMs }: Asking,
  { access, refresh }: { access: string; refresh: string },
): Promise<PresentHost | undefined> {
  const { apiDomain } = readClaims(access);
  const service = apiDomain === undefined ? undefined : allowed(() => serviceAddress(apiDomain, insecureHosts));
  if (!service) return undefined;
  const { host, url } = service;
  const answer = await transport
    .get<string>(`${url}/oauth2/account/current/subdomain`, {
      headers: { 'X-Refresh-Token': refresh },
      signal: AbortSignal.timeout(withinMs),
    })
    .catch((error: unknown) => {
      if (!axios.isAxiosError(error)) throw error;
      // The axios error holds the request with its token: only its code goes on.
      throw new ExportError('amocrm_unavailable', { values: { host, what: error.code ?? 'no answer' } });
    });
  throwIfPassing(answer, host);
  const present = domainOf(answer);
  const account = present && allowed(() => accountAddress(present.domain, insecureHosts));
  return account && { accountId: present.id, host: account.host };
}

/** What amoCRM answers whatever it was asked, and another time would not. */
function throwIfPassing(answer: AxiosResponse<string>, host: string): void {
  const { status } = answer;
  const details = { values: { host, what: String(status), status }, ...pauseAsked(answer, Date.now()) };
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
