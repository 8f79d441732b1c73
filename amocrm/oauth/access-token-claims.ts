import { z } from 'zod';

const claimsSchema = z.looseObject({
  account_id: z.coerce.number().int().positive().optional().catch(undefined),
  api_domain: z.string().optional().catch(undefined),
  exp: z.number().positive().optional().catch(undefined),
});

export interface AccessTokenClaims {
  accountId?: number;
  /** Where the account's present domain can be asked for; tokens issued before 2024-08-21 do not name it. */
  apiDomain?: string;
  expiresAt?: Date;
}

/**
 * What an access token (a JWT) says of itself. amoCRM publishes no key to verify it with, so it is a hint: an account
 * id is compared with what `GET /account` says, a domain passes the allow-list before anything is sent there.
 *
 * @returns an empty object for what is no JWT.
 */
export function readClaims(accessToken: string): AccessTokenClaims {
  const [, payload = ''] = accessToken.split('.');
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return {};
  }
  const parsed = claimsSchema.safeParse(decoded);
  if (!parsed.success) return {};
  const { account_id: accountId, api_domain: apiDomain, exp } = parsed.data;
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(apiDomain === undefined ? {} : { apiDomain }),
    ...(exp === undefined ? {} : { expiresAt: new Date(exp * 1000) }),
  };
}
