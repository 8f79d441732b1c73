import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import type { Integration } from '../parts.ts';

/** amoCRM's disposable token of a widget's user, as it was found to be true. */
export interface TokenClaims {
  accountId: number;
  userId: number;
  /** The `Origin` of the account's pages. */
  issuer: string;
  id: string;
  expiresAt: Date;
}

/** Clocks of amoCRM and of this server differ a little. */
const LEEWAY_SECONDS = 30;
/** It lives half an hour; one that claims more is not amoCRM's. */
const LIVES_SECONDS = 1800;

const claimsSchema = z.object({
  iss: z.string(),
  // Printable: Postgres keeps no NUL.
  jti: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  exp: z.number(),
  account_id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  user_id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  client_uuid: z.string(),
});

/**
 * Reads the token of an `X-Auth-Token` header: HS256 and nothing else, with the integration's client secret; for this
 * backend (`aud` is the scheme and host of the redirect URI, of which nothing says whether a port belongs to it) and this
 * integration.
 * https://www.amocrm.ru/developers/content/oauth/disposable-tokens
 *
 * @throws {ExportError} `token_invalid`, `token_expired`
 */
export async function readDisposableToken(
  token: string,
  { clientId, clientSecret, redirectUri }: Integration,
  now: Date,
): Promise<TokenClaims> {
  const { protocol, hostname, origin } = new URL(redirectUri);
  const payload = await jwtVerify(token, new TextEncoder().encode(clientSecret), {
    algorithms: ['HS256'],
    audience: [origin, `${protocol}//${hostname}`],
    requiredClaims: ['iss', 'aud', 'jti', 'iat', 'nbf', 'exp'],
    maxTokenAge: LIVES_SECONDS,
    clockTolerance: LEEWAY_SECONDS,
    currentDate: now,
  }).then(
    (verified) => verified.payload,
    (error: unknown) => {
      if (error instanceof errors.JWTExpired) throw new ExportError('token_expired');
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw new ExportError('token_invalid');
      throw error;
    },
  );
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success || claims.data.client_uuid !== clientId) throw new ExportError('token_invalid');
  const { iss, jti, exp, account_id: accountId, user_id: userId } = claims.data;
  if (exp * 1000 > now.getTime() + (LIVES_SECONDS + LEEWAY_SECONDS) * 1000) throw new ExportError('token_invalid');
  return { accountId, userId, issuer: iss, id: jti, expiresAt: new Date(exp * 1000) };
}
