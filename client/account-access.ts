import { setTimeout as pause } from 'node:timers/promises';
import { type AmocrmHttp, type AmocrmTransport, createAmocrmHttp } from '../amocrm/http.ts';
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
  requestsPerSecond: number;
}

/** A reader of a stored account's amoCRM; its requests stand in the same line as those of a running export. */
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
    ...(signal ? { signal } : {}),
  });
}

/** Waits for the account's next free moment. */
export async function paced(access: AccountAccess, accountId: number, signal?: AbortSignal): Promise<void> {
  const waitMs = await access.ledger.rateBuckets.reserve(`${accountId}:amocrm`, access.requestsPerSecond);
  if (waitMs > 0) await pause(waitMs, undefined, signal ? { signal } : {});
}
