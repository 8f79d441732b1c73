import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Integration } from '../parts.ts';

/**
 * Whether amoCRM has signed its disconnect hook: hex HMAC-SHA256 of `client_uuid|account_id`, keyed with the client
 * secret. How long that takes does not depend on the signature.
 * https://www.amocrm.ru/developers/content/oauth/step-by-step
 */
export function isHookSigned(
  { clientId, clientSecret }: Integration,
  hook: { accountId: string; clientId: string; signature: string },
): boolean {
  const expected = createHmac('sha256', clientSecret).update(`${clientId}|${hook.accountId}`).digest();
  const given = Buffer.from(hook.signature.toLowerCase(), 'hex');
  return hook.clientId === clientId && given.length === expected.length && timingSafeEqual(given, expected);
}
