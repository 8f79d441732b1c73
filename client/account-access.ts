import { type AmocrmHttp, createAmocrmHttp } from '../amocrm/http.ts';
import type { AmocrmPaces, Pace } from '../amocrm/pace.ts';
import type { AmocrmTransport } from '../amocrm/transport.ts';
import type { Tries } from '../amocrm/tries.ts';
import { ExportError } from '../errors/export-error.ts';
import type { Account } from '../ledger/accounts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SpeechSense } from '../speechsense/speechsense.ts';

/** What the administration of accounts works with. */
export interface AccountAccess {
  ledger: Ledger;
  transport: AmocrmTransport;
  speechSense: SpeechSense;
  /** `host:port` of sandboxes: the only places outside amoCRM's domains that are given a token. */
  insecureHosts: readonly string[];
  paces: AmocrmPaces;
  /** The part of the customer's quota for reading talks that may be used, above 0 up to 1. */
  readShare: number;
}

/** A person waits: what does not pass at once is said. */
export const INTERACTIVE_TRIES: Tries = { most: 2, firstPauseMs: 300 };

/** A reader of a stored account's amoCRM; its requests go before those of a running export. */
export function amocrmOf(access: AccountAccess, account: Account, signal?: AbortSignal): AmocrmHttp {
  const { accountId, host } = account;
  return createAmocrmHttp({
    host,
    insecureHosts: access.insecureHosts,
    transport: access.transport,
    accessToken: async () => {
      const token = await access.ledger.tokens.read(accountId);
      if (!token) throw new ExportError('amocrm_unauthorized', { values: { host } });
      return token.access;
    },
    pace: (waitSignal) => paced(access, accountId, waitSignal),
    tries: INTERACTIVE_TRIES,
    ...(signal ? { signal } : {}),
  });
}

/** The account's next turn, before those of an export. */
export async function paced(access: AccountAccess, accountId: number, signal?: AbortSignal): ReturnType<Pace> {
  const kind = (await access.ledger.tokens.about(accountId))?.kind;
  return access.paces({ accountId, client: kind ?? 'none', priority: 'interactive' })(signal);
}
