/** Where the tokens of an account stand. */
export type TokenState =
  | 'active'
  /** The marker: a refresh was sent, and its answer is not written down yet. */
  | 'refreshing'
  /** The answer never came: the refresh token may be used up, so nothing is sent again. */
  | 'refresh_lost'
  /** A person must let the integration in again. */
  | 'reauth_required';

/** The tokens as they are kept. */
export interface KeptToken {
  accountId: number;
  host: string;
  /** Grows with every new pair. */
  version: number;
  kind: 'long_lived' | 'oauth';
  access: string;
  /** Null for a long-lived token. */
  refresh: string | null;
  /** How long the access token still lives, by the clock of the one who keeps it; null where it is not known. */
  accessLeftMs: number | null;
  state: TokenState;
  /** Why a person must act: a code of the table. */
  reason: string | null;
  /** For how long it has been in this state, by the clock of the one who keeps it. */
  stateAgeMs: number;
}

/** An access token and the host where amoCRM was asked with it. */
export interface Access {
  host: string;
  token: string;
}

/** Why a person must act. */
type AccessEnd = 'amocrm_unauthorized' | 'amocrm_grant_lost' | 'amocrm_other_account';

export type TokenDecision =
  | { do: 'use' }
  /** @property alive the old access token can still be used if the refresh does not work out. */
  | { do: 'refresh'; alive: boolean }
  /** Somebody else is refreshing. */
  | { do: 'wait' }
  | { do: 'ask_person'; because: AccessEnd };

/** What came instead of the account's own tokens, for the sentence of `amocrm_other_account`. */
export const OTHER_ACCOUNT = { en: 'another account', ru: 'другому аккаунту' };

/** Ahead of the expiry, so that a refresh that goes wrong leaves somebody time to act while exports go on. */
export const REFRESH_AHEAD_MS = 30 * 60_000;

/**
 * What to do with an account's tokens.
 *
 * @param refused the access that amoCRM has just answered 401; one that is no longer the kept one says nothing.
 * @param lostAfterMs a refresh without an answer for so long is lost: whoever sent it is dead.
 */
export function decide(token: KeptToken, refused: Access | undefined, lostAfterMs: number): TokenDecision {
  const isRefused = refused?.token === token.access && refused.host === token.host;
  if (token.kind === 'long_lived') {
    return isRefused ? { do: 'ask_person', because: 'amocrm_unauthorized' } : { do: 'use' };
  }
  const leftMs = isRefused ? 0 : (token.accessLeftMs ?? 0);
  const alive = leftMs > 0;
  switch (token.state) {
    case 'active':
      return leftMs > REFRESH_AHEAD_MS ? { do: 'use' } : { do: 'refresh', alive };
    case 'refreshing':
      if (alive) return { do: 'use' };
      return token.stateAgeMs <= lostAfterMs ? { do: 'wait' } : { do: 'ask_person', because: 'amocrm_grant_lost' };
    case 'refresh_lost':
      return alive ? { do: 'use' } : { do: 'ask_person', because: 'amocrm_grant_lost' };
    case 'reauth_required':
      return alive ? { do: 'use' } : { do: 'ask_person', because: reasonOf(token) };
  }
}

function reasonOf({ reason }: KeptToken): AccessEnd {
  const known: AccessEnd[] = ['amocrm_grant_lost', 'amocrm_other_account'];
  return known.find((code) => code === reason) ?? 'amocrm_unauthorized';
}
