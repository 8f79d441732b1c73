import { type AmocrmHttp, createAmocrmHttp } from '../../amocrm/http/http.ts';
import type { AmocrmPaces, Pace, Priority, Turn } from '../../amocrm/pacing/pace.ts';
import type { Oauth } from '../../amocrm/oauth/oauth.ts';
import type { TokenKeeper } from '../../amocrm/oauth/token-keeper.ts';
import type { AmocrmTransport } from '../../amocrm/http/transport.ts';
import type { Tries } from '../../amocrm/http/tries.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { SpeechSense } from '../../speechsense/speechsense.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { ExportClient } from '../export-client.ts';

/** What the administration of accounts works with. */
export interface AccountAccess {
  ledger: Ledger;
  tokens: TokenKeeper;
  oauth: Oauth;
  transport: AmocrmTransport;
  speechSense: SpeechSense;
  /** `host:port` of sandboxes: the only places outside amoCRM's domains that are given a token. */
  insecureHosts: readonly string[];
  paces: AmocrmPaces;
  /** Hears of every request to amoCRM: its account (0 while that is not known), its route, and `ok` or the code of its error. */
  countRequest?: (accountId: number, endpoint: string, outcome: string) => void;
  /** Opened when it is first needed: adding an account needs no Temporal unless an export waits for it. */
  exports: () => Promise<ExportClient>;
  /** The part of the customer's quota for reading talks that may be used, above 0 up to 1. */
  readShare: number;
  /** Before that, in seconds after its upload, no talk is called gone. */
  absentAfterSeconds: number;
}

/** A person waits: what does not pass at once is said. */
export const INTERACTIVE_TRIES: Tries = { most: 2, firstPauseMs: 300 };

/** How a request waits for its turn. */
export interface Waiting {
  /** Default: before the requests of a running export. */
  priority?: Priority;
  /** After so long it gives up. */
  patienceMs?: number;
  signal?: AbortSignal | undefined;
}

/** A reader of a stored account's amoCRM. */
export function amocrmOf(
  access: AccountAccess,
  account: Account,
  signal?: AbortSignal,
  priority: Priority = 'interactive',
): AmocrmHttp {
  const { accountId, host } = account;
  const pace: Pace = (waitSignal) => paced(access, accountId, { signal: waitSignal, priority });
  return createAmocrmHttp({
    host,
    insecureHosts: access.insecureHosts,
    transport: access.transport,
    ...access.tokens.of(accountId, pace, signal),
    pace,
    counted: (endpoint, outcome) => access.countRequest?.(accountId, endpoint, outcome),
    tries: INTERACTIVE_TRIES,
    ...(signal ? { signal } : {}),
  });
}

/**
 * The account's next turn; for null the next one of all hosts that are no account of ours yet, because anybody can name
 * them.
 *
 * @throws {ExportError} `too_many_requests` when the patience ends; as a {@link Pace}.
 */
export async function paced(access: AccountAccess, accountId: number | null, waiting: Waiting = {}): Promise<Turn> {
  const { priority = 'interactive', patienceMs, signal } = waiting;
  const patience = patienceMs === undefined ? undefined : AbortSignal.timeout(patienceMs);
  const signals = [signal, patience].filter((one) => one !== undefined);
  const stop = signals.length === 0 ? undefined : AbortSignal.any(signals);
  try {
    if (accountId === null) {
      const turn = await access.paces({ accountId: 0, client: 'unknown', priority })(stop);
      // What amoCRM asks of one host is nothing to the others.
      return { ...turn, end: () => Promise.resolve() };
    }
    const kind = (await access.ledger.tokens.about(accountId))?.kind;
    return await access.paces({ accountId, client: kind ?? 'none', priority })(stop);
  } catch (error) {
    if (patience?.aborted !== true || signal?.aborted === true) throw error;
    const seconds = 60;
    throw new ExportError('too_many_requests', { values: { seconds }, retryAfterMs: seconds * 1000 });
  }
}
