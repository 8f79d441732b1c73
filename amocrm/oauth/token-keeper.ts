import { setTimeout as pause } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import type { ErrorCode } from '../../errors/codes.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import { readClaims } from './access-token-claims.ts';
import type { AccessTrouble, AmocrmOptions } from '../http/http.ts';
import type { Oauth } from './oauth.ts';
import type { Pace, Turn } from '../pacing/pace.ts';
import { presentHostEndpoint } from './present-host.ts';
import { type Access, decide, type KeptToken, OTHER_ACCOUNT, type TokenState } from './token-decision.ts';
import type { TokenAnswer, TokenPair } from './token-endpoint.ts';

/** Where tokens are kept. Each write names the version that it is about, and does nothing to a later one. */
export interface TokenStore {
  read(accountId: number): Promise<KeptToken | undefined>;
  /** Writes the marker; of all who try with one version, one succeeds, once. */
  beginRefresh(accountId: number, version: number): Promise<boolean>;
  settle(accountId: number, version: number, state: TokenState, reason?: ErrorCode): Promise<void>;
  /** Keeps a new pair as the next version, however long that takes; false when another token came meanwhile. */
  replace(accountId: number, version: number, pair: TokenPair): Promise<boolean>;
  /** The account has another host now. */
  move(accountId: number, host: string): Promise<void>;
}

/** How often one looks whether another process's refresh has come to an end. */
const LOOK_MS = 150;

/** After a refresh ahead of time that did not work out, the next one is tried no sooner. */
const AHEAD_AGAIN_MS = 60_000;

/** Beyond the time limit of a refresh: to write its outcome down. */
const OUTCOME_WITHIN_MS = 10_000;

interface TokenKeeperOptions {
  now?: () => number;
  /** A refresh without an answer for so long is lost. */
  lostAfterMs?: number;
  /** Hears of every request for tokens, or for an account's host: its route, and `ok` or the code of its error. */
  counted?: (accountId: number, endpoint: string, outcome: string) => void;
}

/**
 * Gives requests their access token, and sees to it that an account's tokens are refreshed once, whoever asks: in this
 * process callers share one refresh, among processes the marker lets one through.
 */
export class TokenKeeper {
  readonly #store: TokenStore;
  readonly #oauth: Oauth;
  readonly #now: () => number;
  readonly #lostAfterMs: number;
  readonly #counted: TokenKeeperOptions['counted'];
  readonly #refreshes = new Map<string, Promise<void>>();
  readonly #notAheadBefore = new Map<number, number>();

  constructor(store: TokenStore, oauth: Oauth, options: TokenKeeperOptions = {}) {
    this.#store = store;
    this.#oauth = oauth;
    this.#now = options.now ?? Date.now;
    this.#lostAfterMs = options.lostAfterMs ?? oauth.answerWithinMs + OUTCOME_WITHIN_MS;
    this.#counted = options.counted;
  }

  /**
   * The account's tokens for {@link AmocrmOptions}.
   *
   * @param pace requests for tokens stand in the account's line too.
   * @param signal ends the waiting of this caller, never a refresh.
   */
  of(
    accountId: number,
    pace: Pace,
    signal?: AbortSignal,
  ): Required<Pick<AmocrmOptions, 'accessToken' | 'renewAccess'>> {
    return {
      accessToken: async () => (await unlessAborted(this.#access(accountId, pace), signal)).token,
      renewAccess: (refused, because) => unlessAborted(this.#renewed(accountId, pace, refused, because), signal),
    };
  }

  /** Resolves when no refresh is under way: the process may end. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#refreshes.values());
  }

  async #renewed(accountId: number, pace: Pace, refused: Access, because: AccessTrouble): Promise<Access | undefined> {
    if (because === 'amocrm_unauthorized') return this.#access(accountId, pace, refused);
    const token = await this.#read(accountId);
    if (token.access !== refused.token || token.host !== refused.host) return accessOf(token);
    const host = await this.#presentHost(token, pace);
    if (host === token.host) throw stray(host);
    return host === undefined ? undefined : { host, token: token.access };
  }

  async #access(accountId: number, pace: Pace, refused?: Access): Promise<Access> {
    for (;;) {
      const token = await this.#read(accountId);
      const decision = decide(token, refused, this.#lostAfterMs);
      switch (decision.do) {
        case 'use':
          // A long-lived token that was refused is on trial whenever somebody asks: only amoCRM knows whether it lives.
          if (token.kind === 'long_lived' && token.state !== 'active') {
            await this.#store.settle(accountId, token.version, 'active');
          }
          return accessOf(token);
        case 'wait':
          await pause(LOOK_MS);
          continue;
        case 'refresh':
          if (decision.alive && (this.#notAheadBefore.get(accountId) ?? 0) > this.#now()) return accessOf(token);
          try {
            await this.#refreshOnce(token, pace);
          } catch (error) {
            if (!decision.alive || !(error instanceof ExportError)) throw error;
            this.#notAheadBefore.set(accountId, this.#now() + Math.max(AHEAD_AGAIN_MS, error.retryAfterMs ?? 0));
            return accessOf(token);
          }
          continue;
        case 'ask_person':
          if (token.kind === 'long_lived' && (await this.#livesElsewhere(token, pace))) continue;
          if (token.state !== 'reauth_required') {
            await this.#store.settle(accountId, token.version, 'reauth_required', decision.because);
          }
          throw new ExportError(decision.because, {
            values: { host: token.host, expected: token.host, given: OTHER_ACCOUNT },
          });
      }
    }
  }

  async #read(accountId: number): Promise<KeptToken> {
    const token = await this.#store.read(accountId);
    if (!token) throw new ExportError('amocrm_unauthorized', { values: { host: accountId } });
    return token;
  }

  #refreshOnce(token: KeptToken, pace: Pace): Promise<void> {
    const key = `${token.accountId}:${token.version}`;
    const underWay = this.#refreshes.get(key);
    if (underWay) return underWay;
    const refresh = this.#refresh(token, pace).finally(() => this.#refreshes.delete(key));
    this.#refreshes.set(key, refresh);
    return refresh;
  }

  /** Sends the refresh if nobody has, and writes down what came of it before anybody uses it. */
  async #refresh(token: KeptToken, pace: Pace): Promise<void> {
    const { accountId, version, host } = token;
    this.#oauth.assertAskable(host);
    const turn = await pace();
    let begins = false;
    try {
      begins = await this.#store.beginRefresh(accountId, version);
    } finally {
      // A turn that is used for nothing tells nothing; without a word of it others would wait for one.
      if (!begins) await turn.end('unknown');
    }
    if (!begins) return;
    const answer = await this.#ask(token, turn, pace);
    switch (answer.kind) {
      case 'granted':
        if ((readClaims(answer.pair.access).accountId ?? accountId) === accountId) {
          await this.#store.replace(accountId, version, answer.pair);
          return;
        }
        return this.#store.settle(accountId, version, 'reauth_required', 'amocrm_other_account');
      case 'refused':
        return this.#store.settle(accountId, version, 'reauth_required', 'amocrm_unauthorized');
      case 'lost':
        return this.#store.settle(accountId, version, 'refresh_lost');
      case 'client_refused':
      case 'not_here':
      case 'not_taken':
        await this.#store.settle(accountId, version, 'active');
        throw answer.kind === 'not_taken'
          ? answer.error
          : new ExportError(answer.kind === 'not_here' ? 'amocrm_account_moved' : 'amocrm_client_refused', {
              values: { host },
            });
    }
  }

  /** Asks at the kept host; where that knows nothing of the tokens the account may have moved: once more at its new one. */
  async #ask(token: KeptToken, turn: Turn, pace: Pace): Promise<TokenAnswer> {
    const answer = await this.#send(token, token.host, turn);
    if (answer.kind !== 'refused' && answer.kind !== 'client_refused' && answer.kind !== 'not_here') return answer;
    let moved: { host: string; turn: Turn } | undefined;
    try {
      const host = await this.#presentHost(token, pace);
      if (host === token.host && answer.kind === 'not_here') return { kind: 'not_taken', error: stray(host) };
      moved = host === undefined || host === token.host ? undefined : { host, turn: await pace() };
    } catch (error) {
      // Nothing more went out.
      const known = findExportError(error);
      if (!known) {
        await this.#store.settle(token.accountId, token.version, 'active');
        throw error;
      }
      // A word that the tokens are dead stands, also while nobody can say where the account lives.
      const isDead = answer.kind === 'refused' && known.code === 'amocrm_unavailable';
      return isDead ? answer : { kind: 'not_taken', error: known };
    }
    return moved ? this.#send(token, moved.host, moved.turn) : answer;
  }

  async #send({ accountId, refresh }: KeptToken, host: string, turn: Turn): Promise<TokenAnswer> {
    const answer = await this.#oauth.refresh(host, refresh ?? '');
    this.#counted?.(accountId, '/oauth2/access_token', outcomeOf(answer));
    await turn.end(answer.kind === 'not_taken' ? answer.error : answer.kind === 'lost' ? 'unknown' : 'answered');
    return answer;
  }

  /** Whether a long-lived token was refused because its account has another host now, which is then kept. */
  async #livesElsewhere(token: KeptToken, pace: Pace): Promise<boolean> {
    try {
      const host = await this.#presentHost(token, pace);
      return host !== undefined && host !== token.host;
    } catch (error) {
      // As of a pair: a word that the token is dead stands, also while nobody can say where the account lives.
      if (findExportError(error)?.code === 'amocrm_unavailable') return false;
      throw error;
    }
  }

  /**
   * Asks where the account lives, and keeps that where it is another host than before; undefined when amoCRM does not say.
   *
   * @throws {ExportError} when it cannot be asked for just now.
   */
  async #presentHost(token: KeptToken, pace: Pace): Promise<string | undefined> {
    const { accountId } = token;
    const turn = await pace();
    const asked = await Promise.allSettled([this.#oauth.presentHost(token)]).then(([one]) => one);
    const present = asked.status === 'fulfilled' ? asked.value : undefined;
    const error = asked.status === 'rejected' ? findExportError(asked.reason) : undefined;
    const outcome = error?.code ?? (present ? 'ok' : 'amocrm_account_moved');
    this.#counted?.(accountId, presentHostEndpoint(token), outcome);
    await turn.end(error ?? (present ? 'answered' : 'unknown'));
    if (asked.status === 'rejected') throw asked.reason;
    if (present?.accountId !== accountId) return undefined;
    if (present.host !== token.host) await this.#store.move(accountId, present.host);
    return present.host;
  }
}

function outcomeOf(answer: TokenAnswer): 'ok' | ErrorCode {
  switch (answer.kind) {
    case 'granted':
      return 'ok';
    case 'refused':
      return 'amocrm_unauthorized';
    case 'client_refused':
      return 'amocrm_client_refused';
    case 'not_here':
      return 'amocrm_account_moved';
    case 'not_taken':
      return answer.error.code;
    case 'lost':
      return 'amocrm_grant_lost';
  }
}

/** A host that says it is no account's, while amoCRM says that it is this one's: something on the way, and it passes. */
function stray(host: string): ExportError {
  return new ExportError('amocrm_unavailable', {
    values: { host, request: '/oauth2/access_token', what: '404 or a redirect' },
  });
}

function accessOf({ host, access }: KeptToken): Access {
  return { host, token: access };
}

/** Gives up waiting, not what is waited for. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  // Its error has no other reader once the signal was there first.
  work.catch(() => undefined);
  return signal ? pTimeout(work, { milliseconds: Infinity, signal }) : work;
}
