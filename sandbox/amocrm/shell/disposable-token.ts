import { createHmac, randomUUID } from 'node:crypto';
import type { SandboxIdentity } from '../../identity.ts';

const LIVES_SECONDS = 1_800;

export interface TokenHolder {
  userId: number;
  isAdmin: boolean;
}

/**
 * What `$authorizedAjax` puts into `X-Auth-Token`: HS256 with the integration's client secret, good for 30 minutes.
 * @param origin of the account's page.
 * @param nowSeconds the sandbox's time, so that a test can move it.
 * @see https://www.amocrm.ru/developers/content/oauth/disposable-tokens
 */
export function disposableToken(
  { accountId, subdomain, clientId, clientSecret, redirectUri }: SandboxIdentity,
  { userId, isAdmin }: TokenHolder,
  origin: string,
  nowSeconds: number,
): string {
  const issuedAt = Math.floor(nowSeconds);
  const header = { typ: 'JWT', alg: 'HS256' };
  const claims = {
    iss: origin,
    aud: new URL(redirectUri).origin,
    jti: randomUUID(),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + LIVES_SECONDS,
    account_id: accountId,
    user_id: userId,
    is_admin: isAdmin,
    client_uuid: clientId,
    subdomain,
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', clientSecret).update(signed).digest('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
