import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { readAccessToken, signAccessToken, type TokenClaims, type TokenSubject } from './access-tokens.ts';

const ACCESS_SECONDS = 86_400;
const REFRESH_SECONDS = 90 * 86_400;
const CODE_SECONDS = 20 * 60;
/** The longest that amoCRM grants. */
const LONG_LIVED_SECONDS = 5 * 365 * 86_400;
/** 2026-01-01: a fixed start keeps the long-lived token the same from one sandbox to the next. */
const LONG_LIVED_FROM = 1_767_225_600;

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

export type Grant = { pair: TokenPair } | { refused: 'used' | 'expired' | 'unknown' };

interface OneTime {
  until: number;
  used: boolean;
}

/** Issues and checks tokens: codes live 20 minutes, refresh tokens work once, access tokens a day on the sandbox's clock. */
export class TokenOffice {
  /** How often each kind of grant was given or refused: tests count refreshes here. */
  readonly counters = { codes: 0, exchanges: 0, refreshes: 0, refusals: 0 };
  readonly #clock: SandboxClock;
  readonly #subject: TokenSubject;
  readonly #codes = new Map<string, OneTime>();
  readonly #refreshTokens = new Map<string, OneTime>();
  readonly #issued = new Set<string>();
  readonly #revoked = new Set<string>();
  #allRevokedAt: number | undefined;

  constructor(clock: SandboxClock, subject: TokenSubject) {
    this.#clock = clock;
    this.#subject = subject;
  }

  /** The long-lived token of the integration's "keys" tab; the same one each time unless the clock is far from its years. */
  longLived(): string {
    const now = this.#now();
    const years = Math.floor((now - LONG_LIVED_FROM) / LONG_LIVED_SECONDS);
    const from = LONG_LIVED_FROM + years * LONG_LIVED_SECONDS;
    return signAccessToken(this.#subject, `long-lived-${years}`, from, from + LONG_LIVED_SECONDS + ACCESS_SECONDS);
  }

  /** Another long-lived token, as a person creates one after the old one died. */
  issueLongLived(): string {
    const jti = randomBytes(40).toString('hex');
    this.#issued.add(jti);
    return signAccessToken(this.#subject, jti, this.#now(), this.#now() + LONG_LIVED_SECONDS);
  }

  /** Whose token it is; undefined if it is not ours, too old, or revoked. */
  check(token: string): TokenClaims | undefined {
    const claims = readAccessToken(token, this.#subject.clientSecret);
    if (claims === undefined || claims.exp <= this.#now() || this.#revoked.has(claims.jti)) return undefined;
    if (this.#allRevokedAt !== undefined && !this.#issued.has(claims.jti)) return undefined;
    return claims;
  }

  issueCode(): string {
    const code = `def502${randomBytes(40).toString('hex')}`;
    this.#codes.set(code, { until: this.#now() + CODE_SECONDS, used: false });
    this.counters.codes += 1;
    return code;
  }

  exchangeCode(code: string): Grant {
    return this.#grant(this.#codes.get(code), 'exchanges');
  }

  refresh(refreshToken: string): Grant {
    return this.#grant(this.#refreshTokens.get(refreshToken), 'refreshes');
  }

  /** Whether the token could still be used once; asking does not use it. */
  knowsRefreshToken(refreshToken: string): boolean {
    const known = this.#refreshTokens.get(refreshToken);
    return known !== undefined && !known.used && known.until > this.#now();
  }

  /** As when the integration is switched off: every code and token issued so far, long-lived ones too, is dead. */
  revokeAll(): void {
    for (const jti of this.#issued) this.#revoked.add(jti);
    this.#issued.clear();
    for (const one of [...this.#refreshTokens.values(), ...this.#codes.values()]) one.used = true;
    this.#allRevokedAt = this.#now();
  }

  /** Takes the revocation of access tokens back; refresh tokens stay dead. */
  restore(): void {
    this.#revoked.clear();
    this.#allRevokedAt = undefined;
  }

  #grant(one: OneTime | undefined, kind: 'exchanges' | 'refreshes'): Grant {
    const refused =
      one === undefined ? 'unknown' : one.used ? 'used' : one.until <= this.#now() ? 'expired' : undefined;
    if (one === undefined || refused !== undefined) {
      this.counters.refusals += 1;
      return { refused: refused ?? 'unknown' };
    }
    one.used = true;
    this.counters[kind] += 1;
    return { pair: this.#issuePair() };
  }

  #issuePair(): TokenPair {
    const now = this.#now();
    const jti = randomBytes(40).toString('hex');
    const refreshToken = `def502${randomBytes(180).toString('hex')}`;
    this.#issued.add(jti);
    this.#refreshTokens.set(refreshToken, { until: now + REFRESH_SECONDS, used: false });
    return { accessToken: signAccessToken(this.#subject, jti, now, now + ACCESS_SECONDS), refreshToken };
  }

  #now(): number {
    return Math.floor(this.#clock.nowMs() / 1000);
  }
}
