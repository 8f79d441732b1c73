import { ENTITIES_LIMIT } from '../amocrm/read-entities.ts';
import { PAGE_LIMIT } from '../amocrm/listing.ts';
import type { Account } from '../ledger/accounts.ts';
import type { ExportRow } from '../ledger/exports.ts';
import type { Progress } from '../ledger/progress.ts';

export interface Estimate {
  /** Requests to amoCRM. */
  requests: number;
  /** How long the export takes. */
  seconds: number;
  /** Null: what a talk costs depends on the tier of the month, which only Yandex Cloud knows. */
  roubles: number | null;
}

export interface Pace {
  requestsPerSecond: number;
  callsPerSecond: number;
}

/** Sources of call notes that amoCRM lists apart: contacts, leads, companies, customers. */
const SOURCES = 4;
/** Carried by one worker, recordings of two minutes and an ordinary telephony server. */
const USUAL_CALLS_PER_SECOND = 10;

/** What an export of this plan takes, roughly and rather too much than too little. */
export function estimate({ calls }: Progress, account: Account, pace: Pace): Estimate {
  // At worst every call has a client of its own; without the paid filter each is read by a request of its own.
  const clients = account.isApiFilterEnabled ? Math.ceil(calls.planned / ENTITIES_LIMIT) : calls.planned;
  const requests = calls.planned === 0 ? SOURCES : SOURCES + Math.ceil(calls.found / PAGE_LIMIT) + clients;
  const seconds = requests / pace.requestsPerSecond + calls.planned / pace.callsPerSecond;
  return { requests, seconds: Math.ceil(seconds), roubles: null };
}

/** The pace of the account's last export that says one, else a usual one. */
export function paceOf(exports: { row: ExportRow; progress: Progress }[]): number {
  for (const { row, progress } of exports) {
    if (!row.plannedAt || !row.finishedAt || progress.calls.exported < 20) continue;
    const seconds = (row.finishedAt.getTime() - row.plannedAt.getTime()) / 1000;
    if (seconds > 0) return progress.calls.exported / seconds;
  }
  return USUAL_CALLS_PER_SECOND;
}
