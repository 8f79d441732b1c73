import { createHmac, randomUUID } from 'node:crypto';
import type { Sandbox } from '../../sandbox/sandbox.ts';

export type Claims = Record<string, unknown>;

export const ADMIN_ID = 939_801;
/** An operator of the sandbox's account without an administrator's rights. */
export const OPERATOR_ID = 940_088;

/** What amoCRM signs for a user of the sandbox's account; what differs is given. */
export function claimsOf(sandbox: Sandbox, differing: Claims = {}): Claims {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: sandbox.addresses.amocrm,
    aud: new URL(sandbox.redirectUri).origin,
    jti: randomUUID(),
    iat: now,
    nbf: now,
    exp: now + 1800,
    account_id: sandbox.accountId,
    user_id: ADMIN_ID,
    client_uuid: sandbox.clientId,
    subdomain: 'sandbox',
    is_admin: true,
    ...differing,
  };
}

/** A JWT with any header and key, signed by HMAC-SHA256. */
export function signed(claims: Claims, secret: string | Buffer, header: Claims = {}): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ typ: 'JWT', alg: 'HS256', ...header })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A disposable token as `$authorizedAjax` brings one. */
export function disposableToken(sandbox: Sandbox, differing: Claims = {}): string {
  return signed(claimsOf(sandbox, differing), sandbox.clientSecret);
}
