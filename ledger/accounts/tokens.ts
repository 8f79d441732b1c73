import { sql } from 'kysely';
import type { ErrorCode } from '../../errors/codes.ts';
import type { Database } from '../database/database.ts';
import { patiently } from '../database/patiently.ts';
import type { TokenKind, TokenState } from '../schema.ts';
import type { Sealer } from './sealing.ts';

export interface Token {
  accountId: number;
  /** The account's. */
  host: string;
  version: number;
  kind: TokenKind;
  access: string;
  /** Null for a long-lived token. */
  refresh: string | null;
  /** How long the access token still lives; null where it is not known. */
  accessLeftMs: number | null;
  state: TokenState;
  /** The code of the error that a person has to put right. */
  reason: string | null;
  /** For how long it has been in this state. */
  stateAgeMs: number;
}

/** What may be told of a token without opening it. */
export interface TokenFacts extends Pick<Token, 'kind' | 'accessLeftMs' | 'state' | 'reason' | 'stateAgeMs'> {
  accessUntil: Date | null;
  updatedAt: Date;
  /** How long ago that was. */
  ageMs: number;
}

/** A token that a person has brought: a long-lived one, or a pair from a consent. */
export type Grant =
  | { kind: 'long_lived'; access: string; accessUntil: Date | null }
  | { kind: 'oauth'; access: string; accessSeconds: number; refresh: string };

const ACCESS = 'amocrm_access' as const;
const REFRESH = 'amocrm_refresh' as const;

/** A new pair, or that a refresh token is still unused, is known to this process alone: written down for as long as it takes. */
const PAIR_WITHIN_MS = 30 * 60_000;
/** An outcome that is not written down becomes `refresh_lost` by its age. */
const OUTCOME_WITHIN_MS = 10_000;

/** Ages and ends are told by the server's clock alone, which is one for all processes. */
const STATE_AGE = sql<number>`extract(epoch from clock_timestamp() - tokens.state_since)::float8 * 1000`;
const ACCESS_LEFT = sql<number | null>`extract(epoch from tokens.access_until - clock_timestamp())::float8 * 1000`;
const AGE = sql<number>`extract(epoch from clock_timestamp() - tokens.updated_at)::float8 * 1000`;

const inSeconds = (seconds: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;

/** amoCRM tokens, sealed; the version grows with each new one, and whoever writes names the version that he means. */
export function createTokens(db: Database, sealer: Sealer) {
  const fresh = { state: 'active' as const, state_since: sql<Date>`clock_timestamp()`, reason: null };

  function seal(accountId: number, { access, refresh }: { access: string; refresh: string | null }) {
    return {
      access_sealed: sealer.seal(access, { accountId, purpose: ACCESS }),
      refresh_sealed: refresh === null ? null : sealer.seal(refresh, { accountId, purpose: REFRESH }),
    };
  }

  const ofVersion = (accountId: number, version: number) =>
    db.updateTable('tokens').where('account_id', '=', accountId).where('version', '=', version);

  return {
    /** Keeps what a person has brought, in place of whatever was there. A bare text is a long-lived token. */
    async put(accountId: number, brought: Grant | string): Promise<void> {
      const grant: Grant =
        typeof brought === 'string' ? { kind: 'long_lived', access: brought, accessUntil: null } : brought;
      const facts = {
        kind: grant.kind,
        ...seal(accountId, { access: grant.access, refresh: grant.kind === 'oauth' ? grant.refresh : null }),
        access_until: grant.kind === 'oauth' ? inSeconds(grant.accessSeconds) : grant.accessUntil,
        ...fresh,
      };
      await db
        .insertInto('tokens')
        .values({ account_id: accountId, version: 1, ...facts })
        .onConflict((conflict) =>
          conflict
            .column('account_id')
            .doUpdateSet({ ...facts, version: sql`tokens.version + 1`, updated_at: sql`now()` }),
        )
        .execute();
    },

    async read(accountId: number): Promise<Token | undefined> {
      const row = await db
        .selectFrom('tokens')
        .innerJoin('accounts', 'accounts.account_id', 'tokens.account_id')
        .selectAll('tokens')
        .select(['accounts.host', STATE_AGE.as('stateAgeMs'), ACCESS_LEFT.as('accessLeftMs')])
        .where('tokens.account_id', '=', accountId)
        .executeTakeFirst();
      if (!row) return undefined;
      const { host, version, kind, state, reason, stateAgeMs, accessLeftMs } = row;
      const access = sealer.open(row.access_sealed, { accountId, purpose: ACCESS });
      const refresh = row.refresh_sealed && sealer.open(row.refresh_sealed, { accountId, purpose: REFRESH });
      return {
        accountId,
        host,
        version,
        kind,
        access,
        refresh,
        accessLeftMs,
        state,
        reason,
        stateAgeMs,
      };
    },

    about: (accountId: number): Promise<TokenFacts | undefined> =>
      db
        .selectFrom('tokens')
        .select(['kind', 'access_until as accessUntil', 'state', 'reason', 'updated_at as updatedAt'])
        .select([STATE_AGE.as('stateAgeMs'), ACCESS_LEFT.as('accessLeftMs'), AGE.as('ageMs')])
        .where('account_id', '=', accountId)
        .executeTakeFirst(),

    /** Accounts by consent whose access has been over for so many days, the longest unused first; 500 at most. */
    async idle(days: number): Promise<number[]> {
      const rows = await db
        .selectFrom('tokens')
        .select('account_id')
        .where('kind', '=', 'oauth')
        .where('state', '=', 'active')
        .where('access_until', '<', sql<Date>`now() - make_interval(days => ${days})`)
        .orderBy('access_until')
        .limit(500)
        .execute();
      return rows.map((row) => row.account_id);
    },

    /**
     * Writes the marker "a refresh of this version is being sent". Of all who try one succeeds, and for each version
     * only once unless its outcome says that amoCRM has not looked at it.
     */
    async beginRefresh(accountId: number, version: number): Promise<boolean> {
      const { numUpdatedRows } = await ofVersion(accountId, version)
        .where('kind', '=', 'oauth')
        .where('state', '=', 'active')
        .set({ state: 'refreshing', state_since: sql`clock_timestamp()`, reason: null })
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Writes down where the tokens stand; those of another version are left as they are. */
    async settle(
      accountId: number,
      version: number,
      state: TokenState,
      reason: ErrorCode | null = null,
    ): Promise<void> {
      const write = ofVersion(accountId, version).set({ state, state_since: sql`clock_timestamp()`, reason });
      await patiently(() => write.execute(), state === 'active' ? PAIR_WITHIN_MS : OUTCOME_WITHIN_MS);
    },

    /** Writes down that amoCRM has ended this access: until somebody connects the account again nobody tries it. */
    async end(accountId: number, version: number): Promise<void> {
      await ofVersion(accountId, version)
        .set({
          state: 'reauth_required',
          state_since: sql`clock_timestamp()`,
          reason: 'amocrm_unauthorized' satisfies ErrorCode,
          access_until: sql`least(access_until, clock_timestamp())`,
        })
        .execute();
    },

    /** Whether an access by consent has ended for good: nobody tries it again. */
    isOver: async (accountId: number): Promise<boolean> =>
      (await db
        .selectFrom('tokens')
        .select('account_id')
        .where('account_id', '=', accountId)
        .where('kind', '=', 'oauth')
        .where('state', '=', 'reauth_required')
        .where('access_until', '<=', sql<Date>`clock_timestamp()`)
        .executeTakeFirst()) !== undefined,

    /**
     * Keeps the pair that a refresh of this version brought, however long it was thought to be lost.
     *
     * @returns false when a person has brought other tokens meanwhile: those stay.
     */
    async replace(
      accountId: number,
      version: number,
      pair: { access: string; accessSeconds: number; refresh: string },
    ): Promise<boolean> {
      const write = ofVersion(accountId, version)
        .where('kind', '=', 'oauth')
        .set({
          ...seal(accountId, pair),
          access_until: inSeconds(pair.accessSeconds),
          ...fresh,
          version: version + 1,
          updated_at: sql`now()`,
        });
      const { numUpdatedRows } = await patiently(() => write.executeTakeFirst(), PAIR_WITHIN_MS);
      return numUpdatedRows === 1n;
    },

    /** The account was found at another host. */
    async move(accountId: number, host: string): Promise<void> {
      await db.updateTable('accounts').set({ host }).where('account_id', '=', accountId).execute();
    },

    /** Seals with the current key whatever an older known one sealed; the version guards against a token that came meanwhile. */
    async resealAll(): Promise<number> {
      let count = 0;
      for (const row of await db.selectFrom('tokens').selectAll().execute()) {
        const { account_id: accountId, access_sealed: access, refresh_sealed: refresh } = row;
        const sealed = refresh === null ? [access] : [access, refresh];
        if (sealed.every((one) => sealer.isCurrent(one)) || !sealed.every((one) => sealer.canOpen(one))) continue;
        const opened = {
          access: sealer.open(access, { accountId, purpose: ACCESS }),
          refresh: refresh && sealer.open(refresh, { accountId, purpose: REFRESH }),
        };
        await ofVersion(accountId, row.version).set(seal(accountId, opened)).execute();
        count++;
      }
      return count;
    },
  };
}
