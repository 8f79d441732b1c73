import { describe, expect, test } from '@jest/globals';
import { decide, type KeptToken, REFRESH_AHEAD_MS, type TokenState } from '../../amocrm/oauth/token-decision.ts';

const LOST_AFTER_MS = 30_000;

function kept(differing: Partial<KeptToken> = {}): KeptToken {
  return {
    accountId: 1,
    host: 'example.amocrm.ru',
    version: 3,
    kind: 'oauth',
    access: 'access-3',
    refresh: 'refresh-3',
    accessLeftMs: 24 * 3_600_000,
    state: 'active',
    reason: null,
    stateAgeMs: 0,
    ...differing,
  };
}

const REFUSED = { host: 'example.amocrm.ru', token: 'access-3' };
const until = (ms: number) => ({ accessLeftMs: ms });
const over = until(0);
const soon = until(60_000);
const ask = (because: string) => ({ do: 'ask_person', because });

describe('tokens by consent', () => {
  test.each<[string, Partial<KeptToken>, typeof REFUSED | undefined, object]>([
    ['fresh: used', {}, undefined, { do: 'use' }],
    ['to the end of their day: used', until(REFRESH_AHEAD_MS + 1), undefined, { do: 'use' }],
    ['near their end: refreshed ahead', until(REFRESH_AHEAD_MS), undefined, { do: 'refresh', alive: true }],
    ['at their end: refreshed', over, undefined, { do: 'refresh', alive: false }],
    ['of no known end: refreshed', { accessLeftMs: null }, undefined, { do: 'refresh', alive: false }],
    ['refused: refreshed', {}, REFUSED, { do: 'refresh', alive: false }],
    ['refused, but replaced since: used', { access: 'access-4' }, REFUSED, { do: 'use' }],
    ['refused at the host before the renaming: used', { host: 'new.amocrm.ru' }, REFUSED, { do: 'use' }],
    ['under refresh while they live: used', { state: 'refreshing', ...soon }, undefined, { do: 'use' }],
    ['under refresh, at their end: waited for', { state: 'refreshing', ...over }, undefined, { do: 'wait' }],
    ['under refresh and refused: waited for', { state: 'refreshing' }, REFUSED, { do: 'wait' }],
    [
      'under refresh for too long',
      { state: 'refreshing', ...over, stateAgeMs: LOST_AFTER_MS + 1 },
      undefined,
      ask('amocrm_grant_lost'),
    ],
    [
      'under refresh for too long, alive: used',
      { state: 'refreshing', ...soon, stateAgeMs: LOST_AFTER_MS + 1 },
      undefined,
      { do: 'use' },
    ],
    ['whose refresh was lost, alive: used', { state: 'refresh_lost', ...soon }, undefined, { do: 'use' }],
    ['whose refresh was lost, at their end', { state: 'refresh_lost', ...over }, undefined, ask('amocrm_grant_lost')],
    ['whose refresh was lost, refused', { state: 'refresh_lost' }, REFUSED, ask('amocrm_grant_lost')],
    ['that a person must renew, alive: used', { state: 'reauth_required', ...soon }, undefined, { do: 'use' }],
    ['that a person must renew', { state: 'reauth_required', ...over }, undefined, ask('amocrm_unauthorized')],
    [
      'that a person must renew, for its reason',
      { state: 'reauth_required', ...over, reason: 'amocrm_other_account' },
      undefined,
      ask('amocrm_other_account'),
    ],
  ])('%s', (_, differing, refused, decision) => {
    expect(decide(kept(differing), refused, LOST_AFTER_MS)).toEqual(decision);
  });
});

test.each<TokenState>(['active', 'reauth_required'])(
  'a long-lived token that is %s is tried, its end or not',
  (state) => {
    const longLived = kept({ kind: 'long_lived', refresh: null, state, ...over });
    expect(decide(longLived, undefined, LOST_AFTER_MS)).toEqual({ do: 'use' });
    expect(decide(longLived, REFUSED, LOST_AFTER_MS)).toEqual(ask('amocrm_unauthorized'));
  },
);
