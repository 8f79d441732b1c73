import axios from 'axios';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import type { Address } from '../http/host.ts';
import { pauseAsked } from '../http/retry-after.ts';
import type { AmocrmTransport } from '../http/transport.ts';

/** The route that {@link assertAccountHost} asks. */
export const ACCOUNT_ENDPOINT = '/account';

/** What the API says to a request without a token, or to one for an account that is not paid for. */
const refusal = z.looseObject({ title: z.string(), status: z.number(), detail: z.string() });

/**
 * Asks for the account without a token. Names under amoCRM's domains are also blogs and status pages, some of them run
 * by others: a host that does not refuse as amoCRM's API does is sent no secret.
 *
 * @throws {ExportError} `amocrm_host_forbidden`, `amocrm_account_moved`, `amocrm_unpaid`; `amocrm_throttled`,
 *   `amocrm_blocked`, `amocrm_unavailable`: it could not be asked just now.
 */
export async function assertAccountHost(
  transport: AmocrmTransport,
  { host, url }: Address,
  withinMs: number,
): Promise<void> {
  const answer = await transport
    .get<string>(`${url}/api/v4${ACCOUNT_ENDPOINT}`, { signal: AbortSignal.timeout(withinMs) })
    .catch((error: unknown) => {
      if (!axios.isAxiosError(error)) throw error;
      throw new ExportError('amocrm_unavailable', {
        values: { host, request: ACCOUNT_ENDPOINT, what: error.code ?? 'no answer' },
      });
    });
  const { status } = answer;
  const details = {
    values: { host, request: ACCOUNT_ENDPOINT, what: String(status), status },
    ...pauseAsked(answer, Date.now()),
  };
  const refused = refusalOf(answer.data);
  if (status === 401 && refused?.status === 401) return;
  if (status === 402 && refused?.status === 402) throw new ExportError('amocrm_unpaid', details);
  if (status === 404) throw new ExportError('amocrm_account_moved', details);
  if (status === 429) throw new ExportError('amocrm_throttled', details);
  if (status === 403) throw new ExportError('amocrm_blocked', details);
  if (status >= 500) throw new ExportError('amocrm_unavailable', details);
  throw new ExportError('amocrm_host_forbidden', { values: { host }, field: 'host' });
}

function refusalOf(body: string): z.output<typeof refusal> | undefined {
  try {
    return refusal.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
