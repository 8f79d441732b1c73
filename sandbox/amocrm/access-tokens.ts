import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const claimsSchema = z.object({
  aud: z.string(),
  jti: z.string(),
  iat: z.number(),
  exp: z.number(),
  account_id: z.number(),
});

export type TokenClaims = z.infer<typeof claimsSchema>;

export interface TokenSubject {
  clientId: string;
  clientSecret: string;
  accountId: number;
  userId: number;
  /** Where the account's current domain can be asked for. */
  apiDomain(): string;
}

/** A token that looks like amoCRM's RS256 ones: the key is nobody's business, so the signature is ours. */
export function signAccessToken(subject: TokenSubject, jti: string, issuedAt: number, expiresAt: number): string {
  const header = { typ: 'JWT', alg: 'RS256', jti };
  const payload = {
    aud: subject.clientId,
    jti,
    iat: issuedAt,
    nbf: issuedAt,
    exp: expiresAt,
    sub: String(subject.userId),
    grant_type: '',
    account_id: subject.accountId,
    base_domain: 'amocrm.ru',
    version: 2,
    scopes: ['crm', 'notifications'],
    hash_uuid: '5a9d0b0e-0000-4000-8000-0b0e5a9d0b0e',
    api_domain: subject.apiDomain(),
  };
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${signature(signed, subject.clientSecret).toString('base64url')}`;
}

/** The claims of a token that this sandbox, or an earlier one of the same identity, signed. */
export function readAccessToken(token: string, clientSecret: string): TokenClaims | undefined {
  const [header = '', payload = '', signed = ''] = token.split('.');
  const expected = signature(`${header}.${payload}`, clientSecret);
  const given = Buffer.from(signed, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
}

/** As long as an RSA-2048 signature. */
function signature(text: string, secret: string): Buffer {
  const parts = [0, 1, 2, 3, 4, 5, 6, 7].map((part) => createHmac('sha256', secret).update(`${part}.${text}`).digest());
  return Buffer.concat(parts);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
