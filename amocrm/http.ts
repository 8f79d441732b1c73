import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { z } from 'zod';
import { ExportError } from '../errors/export-error.ts';
import { accountAddress } from './host.ts';
import { retryAfterMs } from './retry-after.ts';

export interface AmocrmOptions {
  transport: AmocrmTransport;
  host: string;
  insecureHosts: readonly string[];
  /** The access token; asked for at every request, so that a renewed one is used at once. */
  accessToken: () => Promise<string>;
  /** Waits for the account's next free moment; every request passes it. */
  pace: (signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal;
}

/** Query parameters in amoCRM's spelling (`filter[updated_at][from]`); arrays repeat their `[]` key. */
type Query = Record<string, string | number | readonly (string | number)[]>;

export interface AmocrmHttp {
  host: string;
  /**
   * Reads a resource of `/api/v4`. Undefined stands for 204, amoCRM's way of saying "nothing there".
   *
   * @throws {ExportError} an `amocrm_…` code; the answer's body, which may hold personal data, is in none.
   */
  get<T>(path: string, query: Query, schema: z.ZodType<T>): Promise<T | undefined>;
}

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export type AmocrmTransport = AxiosInstance;

/** The process's connections to amoCRM, kept alive: an account is asked a few times a second for hours. */
export function createAmocrmTransport(): AmocrmTransport {
  return axios.create({
    timeout: TIMEOUT_MS,
    maxContentLength: MAX_ANSWER_BYTES,
    // An account's host answers itself; a redirect would carry the token somewhere else.
    maxRedirects: 0,
    proxy: false,
    responseType: 'text',
    transformResponse: (body: unknown) => body,
    validateStatus: () => true,
    httpAgent: new http.Agent({ keepAlive: true }),
    httpsAgent: new https.Agent({ keepAlive: true }),
    headers: { 'User-Agent': 'speechsense-export/0.1 (amoCRM call exporter)', Accept: 'application/hal+json' },
  });
}

/** A reader of one account. */
export function createAmocrmHttp(options: AmocrmOptions): AmocrmHttp {
  const { host, url } = accountAddress(options.host, options.insecureHosts);

  return {
    host,
    async get(path, query, schema) {
      await options.pace(options.signal);
      const answer = await request(options.transport, `${url}/api/v4${path}`, query, host, options);
      if (answer.status === 204) return undefined;
      if (answer.status !== 200) throw refusal(answer, path, host);
      return parse(answer, path, schema);
    },
  };
}

async function request(client: AxiosInstance, url: string, query: Query, host: string, options: AmocrmOptions) {
  try {
    return await client.get<string>(url, {
      params: searchParams(query),
      headers: { Authorization: `Bearer ${await options.accessToken()}` },
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    if (!axios.isAxiosError(error)) throw error;
    // The axios error holds the request with its token: only its code goes on.
    throw new ExportError('amocrm_unavailable', { values: { host, what: error.code ?? 'no answer' } });
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
  const requestId: unknown = answer.headers['x-request-id'];
  const json = /json/.test(String(answer.headers['content-type'] ?? ''));
  const details = {
    values: { host, what: status === 403 ? path : String(status), status },
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...retryAfterMs(answer.headers['retry-after'], Date.now()),
  };
  if (status === 401) return new ExportError('amocrm_unauthorized', details);
  if (status === 402) return new ExportError('amocrm_unpaid', details);
  // A 403 in JSON is a missing right; in HTML it is nginx shutting the account or the address out.
  if (status === 403) return new ExportError(json ? 'amocrm_forbidden' : 'amocrm_blocked', details);
  if (status === 429) return new ExportError('amocrm_throttled', details);
  if (status >= 500) return new ExportError('amocrm_unavailable', details);
  return new ExportError('amocrm_rejected', { ...details, values: { ...details.values, what: path } });
}

function parse<T>(answer: AxiosResponse<string>, path: string, schema: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = JSON.parse(answer.data);
  } catch {
    throw new ExportError('amocrm_bad_answer', { values: { what: path } });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  // Paths of the fields only: their values may be personal.
  const fields = parsed.error.issues.slice(0, 3).map(({ path: at }) => at.join('.'));
  throw new ExportError('amocrm_bad_answer', { values: { what: `${path} (${fields.join(', ')})` } });
}
