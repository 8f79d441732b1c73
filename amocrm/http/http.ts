import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { z } from 'zod';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import { endpointOf } from './endpoint.ts';
import { accountAddress } from './host.ts';
import type { Pace, Turn } from '../pacing/pace.ts';
import { pauseAsked } from './retry-after.ts';
import { lackingRight } from '../account/rights.ts';
import type { Access } from '../oauth/token-decision.ts';
import { type AmocrmTransport, departingBy, TOO_LARGE } from './transport.ts';
import { DEFAULT_TRIES, tried, type Tries } from './tries.ts';

export interface AmocrmOptions {
  transport: AmocrmTransport;
  host: string;
  insecureHosts: readonly string[];
  /** The access token; asked for at every request, so that a renewed one is used at once. */
  accessToken: () => Promise<string>;
  /**
   * What to try once more with, after the host refused the token or does not know the account (any more); undefined
   * when there is nothing better.
   */
  renewAccess?: (refused: Access, because: AccessTrouble) => Promise<Access | undefined>;
  /** The account's; every request waits for a turn of it. */
  pace: Pace;
  /** How often, and after what pauses, a request that failed for passing reasons is sent. */
  tries?: Tries;
  /** Hears once of every request that went out: its route without ids, and `ok`, the code of its error, or `cancelled`. */
  counted?: (endpoint: string, outcome: string) => void;
  signal?: AbortSignal;
}

/** The errors after which another token, or the account's present host, may help. */
export type AccessTrouble = 'amocrm_unauthorized' | 'amocrm_account_moved';

/** Query parameters in amoCRM's spelling (`filter[updated_at][from]`); arrays repeat their `[]` key. */
export type Query = Record<string, string | number | readonly (string | number)[]>;

export interface AmocrmHttp {
  /** Where the account is asked; another one once it was found renamed. */
  readonly host: string;
  /**
   * Reads a resource of `/api/v4`. Undefined stands for 204, amoCRM's way of saying "nothing there".
   *
   * @throws {ExportError} an `amocrm_…` code; the answer's body, which may hold personal data, is in none.
   */
  get<T>(path: string, query: Query, schema: z.ZodType<T>): Promise<T | undefined>;
}

/** A reader of one account. */
export function createAmocrmHttp(options: AmocrmOptions): AmocrmHttp {
  let { host, url } = accountAddress(options.host, options.insecureHosts);

  async function ask<T>(
    turn: Turn,
    token: string,
    path: string,
    query: Query,
    schema: z.ZodType<T>,
  ): Promise<T | undefined> {
    const asked = { url: `${url}/api/v4${path}`, path, query, host, token, turn };
    const answer = await request(options.transport, asked, options);
    if (answer.status === 204) return undefined;
    if (answer.status !== 200) throw refusal(answer, path, host);
    return parse(answer, path, schema);
  }

  /** One request in its turn; how it fared slows down, or lets go, those of all processes. */
  async function askInTurn<T>(token: string, path: string, query: Query, schema: z.ZodType<T>): Promise<T | undefined> {
    const turn = await options.pace(options.signal);
    const isSent = options.signal?.aborted !== true;
    const asked = await Promise.allSettled([ask(turn, token, path, query, schema)]).then(([outcome]) => outcome);
    const error: unknown = asked.status === 'rejected' ? asked.reason : undefined;
    const known = findExportError(error);
    const unknown = options.signal?.aborted ? 'cancelled' : 'unexpected';
    if (isSent) options.counted?.(endpointOf(path), error === undefined ? 'ok' : (known?.code ?? unknown));
    await turn.end(error === undefined ? 'answered' : (known ?? 'unknown'));
    if (asked.status === 'rejected') throw asked.reason;
    return asked.value;
  }

  /**
   * Asks; where the token or the host turns out to be a former one, once more with the present one. Tokens are asked
   * for outside of a turn: a refresh takes turns of its own.
   */
  async function askWithPresent<T>(path: string, query: Query, schema: z.ZodType<T>): Promise<T | undefined> {
    const access = { host, token: await options.accessToken() };
    try {
      return await askInTurn(access.token, path, query, schema);
    } catch (error) {
      const code = findExportError(error)?.code;
      if (code !== 'amocrm_unauthorized' && code !== 'amocrm_account_moved') throw error;
      const present = await options.renewAccess?.(access, code);
      if (!present) throw error;
      ({ host, url } = accountAddress(present.host, options.insecureHosts));
      return askInTurn(present.token, path, query, schema);
    }
  }

  return {
    get host() {
      return host;
    },
    get: (path, query, schema) =>
      tried(
        () => askWithPresent(path, query, schema),
        options.tries ?? DEFAULT_TRIES,
        query.limit !== undefined,
        options.signal,
      ),
  };
}

interface Asked {
  url: string;
  path: string;
  query: Query;
  host: string;
  token: string;
  turn: Turn;
}

async function request(client: AxiosInstance, { url, path, query, host, token, turn }: Asked, options: AmocrmOptions) {
  try {
    return await client.get<string>(url, {
      params: searchParams(query),
      headers: { Authorization: `Bearer ${token}` },
      transport: departingBy(() => turn.due()),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    // Its turn came to nothing, before anything was sent.
    const known = findExportError(error);
    if (known) throw known;
    if (!axios.isAxiosError(error)) throw error;
    if (error.code === TOO_LARGE) throw new ExportError('amocrm_answer_too_large', { values: { host } });
    // The axios error holds the request with its token: only its code goes on.
    throw new ExportError('amocrm_unavailable', {
      values: { host, request: endpointOf(path), what: error.code ?? 'no answer' },
    });
  }
}

function searchParams(query: Query): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of typeof value === 'object' ? value : [value]) params.append(key, String(item));
  }
  return params;
}

function refusal(answer: AxiosResponse<string>, path: string, host: string): ExportError {
  const { status } = answer;
  const request = endpointOf(path);
  const requestId: unknown = answer.headers['x-request-id'];
  const json = /json/.test(String(answer.headers['content-type'] ?? ''));
  const details = {
    values: { host, request, what: status === 403 ? request : String(status), status, right: lackingRight(path) },
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...pauseAsked(answer, Date.now()),
  };
  if (status === 401) return new ExportError('amocrm_unauthorized', details);
  if (status === 402) return new ExportError('amocrm_unpaid', details);
  // A 403 in JSON is a missing right; in HTML it is nginx shutting the account or the address out.
  if (status === 403) return new ExportError(json ? 'amocrm_forbidden' : 'amocrm_blocked', details);
  // A 404 in JSON is a card that is not there; in HTML, as a redirect, it is a host that is no account's any more.
  if ((status === 404 && !json) || (status >= 300 && status < 400)) {
    return new ExportError('amocrm_account_moved', details);
  }
  if (status === 429) return new ExportError('amocrm_throttled', details);
  if (status >= 500 || status === 408) return new ExportError('amocrm_unavailable', details);
  return new ExportError('amocrm_rejected', { ...details, values: { ...details.values, what: request } });
}

function parse<T>(answer: AxiosResponse<string>, path: string, schema: z.ZodType<T>): T {
  const request = endpointOf(path);
  let body: unknown;
  try {
    body = JSON.parse(answer.data);
  } catch {
    throw new ExportError('amocrm_bad_answer', { values: { what: request } });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  // Paths of the fields only: their values may be personal.
  const fields = parsed.error.issues.slice(0, 3).map(({ path: at }) => at.join('.'));
  throw new ExportError('amocrm_bad_answer', { values: { what: `${request} (${fields.join(', ')})` } });
}
