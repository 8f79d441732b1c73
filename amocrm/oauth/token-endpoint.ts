import axios, { type AxiosResponse } from 'axios';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import { pauseAsked } from '../http/retry-after.ts';
import { type AmocrmTransport, ownConnection } from '../http/transport.ts';

export interface TokenPair {
  access: string;
  /** How long the access token lives. */
  accessSeconds: number;
  /** Works once; a new one comes with every refresh. */
  refresh: string;
}

/** What became of a request for tokens. Whether its code or refresh token is used up by now is what matters. */
export type TokenAnswer =
  | { kind: 'granted'; pair: TokenPair }
  /** The code or refresh token is used, expired or revoked. */
  | { kind: 'refused' }
  /** The client id, its secret or the redirect URI is wrong. */
  | { kind: 'client_refused' }
  /** The host is not this account's (any more). */
  | { kind: 'not_here' }
  /** amoCRM has not looked at it: it may be sent again. */
  | { kind: 'not_taken'; error: ExportError }
  /** It went out, and nobody knows whether it was carried out: it must not be sent again by itself. */
  | { kind: 'lost'; what: string };

const pairSchema = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
});

/** What is wrong with a grant is said in a hint (seen with 401, the documents say 400); a wrong client mostly has none. */
const refusalSchema = z.looseObject({ hint: z.string().min(1) });

/** Hints that are about the client all the same: "Check the `client_id` parameter", "Token is not linked to client". */
const CLIENT_HINT = /client|redirect_uri/i;

/** Far more than two tokens need. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * Asks an account's token endpoint. A connection of its own each time: one kept alive may be closed by the server at
 * the moment of sending, and would leave in doubt a request that never arrived. One that never came to stand, for
 * whatever reason, leaves none: nothing was sent.
 *
 * @param withinMs how long the whole answer may take.
 */
export async function askForTokens(
  transport: AmocrmTransport,
  host: string,
  url: string,
  body: Record<string, string>,
  withinMs: number,
): Promise<TokenAnswer> {
  let answer: AxiosResponse<string>;
  const connection = { stands: false };
  try {
    answer = await transport.post<string>(`${url}/oauth2/access_token`, body, {
      timeout: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      signal: AbortSignal.timeout(withinMs),
      ...ownConnection(() => (connection.stands = true)),
    });
  } catch (error) {
    if (!axios.isAxiosError(error)) throw error;
    // The axios error holds the request with its secrets: only its code goes on.
    const what = error.code ?? 'no answer';
    if (connection.stands) return { kind: 'lost', what };
    return {
      kind: 'not_taken',
      error: new ExportError('amocrm_unavailable', { values: { host, request: '/oauth2/access_token', what } }),
    };
  }
  return read(answer, host);
}

function read(answer: AxiosResponse<string>, host: string): TokenAnswer {
  const { status } = answer;
  const body = parseJson(answer.data);
  if (status === 200) {
    const parsed = pairSchema.safeParse(body);
    if (!parsed.success) return { kind: 'lost', what: 'an unknown form' };
    const { access_token: access, refresh_token: refresh, expires_in: seconds } = parsed.data;
    return { kind: 'granted', pair: { access, refresh, accessSeconds: seconds } };
  }
  if (status >= 500) return { kind: 'lost', what: String(status) };
  const details = {
    values: { host, what: String(status) },
    ...pauseAsked(answer, Date.now()),
  };
  if (status === 429) return { kind: 'not_taken', error: new ExportError('amocrm_throttled', details) };
  if (status === 403) return { kind: 'not_taken', error: new ExportError('amocrm_blocked', details) };
  if (status === 402) return { kind: 'not_taken', error: new ExportError('amocrm_unpaid', details) };
  if (status === 404 || (status >= 300 && status < 400)) return { kind: 'not_here' };
  const hint = refusalSchema.safeParse(body).data?.hint;
  return hint === undefined || CLIENT_HINT.test(hint) ? { kind: 'client_refused' } : { kind: 'refused' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
