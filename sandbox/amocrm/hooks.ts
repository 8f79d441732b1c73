import { createHmac } from 'node:crypto';
import type { Account } from './account.ts';

/** The original waits no longer than this for an answer. */
const HOOK_TIMEOUT_MS = 3_000;

export interface HookOutcome {
  url: string;
  outcome: 'answered' | 'timed out' | 'unreachable';
  /** Null unless answered; the original does not look at it. */
  status: number | null;
}

/** As when an administrator switches the integration on: a code goes to the redirect URI, once, whatever comes back. */
export function sendInstallHook(account: Account, host: string, timeoutMs = HOOK_TIMEOUT_MS): Promise<HookOutcome> {
  const { redirectUri, clientId } = account.identity;
  return send(redirectUri, timeoutMs, {
    code: account.tokens.issueCode(),
    referer: account.domain.at(host),
    platform: '1',
    client_id: clientId,
    from_widget: '1',
  });
}

/** Where this project's backend takes the disconnect hook, beside its redirect URI. */
export function disconnectUri({ identity }: Account): string {
  return new URL('/oauth/disconnect', identity.redirectUri).href;
}

/** As when the integration is switched off: all tokens die, then the disconnect hook is told, once. */
export function sendDisconnectHook(
  account: Account,
  hookUri: string,
  timeoutMs = HOOK_TIMEOUT_MS,
): Promise<HookOutcome> {
  const { accountId, clientId, clientSecret } = account.identity;
  account.tokens.revokeAll();
  return send(hookUri, timeoutMs, {
    account_id: String(accountId),
    client_uuid: clientId,
    signature: createHmac('sha256', clientSecret).update(`${clientId}|${accountId}`).digest('hex'),
  });
}

async function send(target: string, timeoutMs: number, query: Record<string, string>): Promise<HookOutcome> {
  const url = new URL(target);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { status } = await fetch(url, { signal, redirect: 'manual' });
    return { url: url.href, outcome: 'answered', status };
  } catch {
    return { url: url.href, outcome: signal.aborted ? 'timed out' : 'unreachable', status: null };
  }
}
