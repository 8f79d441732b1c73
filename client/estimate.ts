import { EVENTS_LIMIT } from '../amocrm/events.ts';
import { PAGE_LIMIT } from '../amocrm/listing.ts';
import { ENTITIES_LIMIT } from '../amocrm/read-entities.ts';
import type { Account } from '../ledger/accounts.ts';
import type { ExportRow } from '../ledger/exports.ts';
import type { Progress } from '../ledger/progress.ts';
import { priceOf, type Tariff } from '../settings/tariff.ts';

export interface Estimate {
  /** Requests to amoCRM. */
  requests: number;
  /** How long the export takes. */
  seconds: number;
  /** What SpeechSense takes for it; null while the tariff lacks a price. */
  roubles: number | null;
}

export interface Pace {
  requestsPerSecond: number;
  callsPerSecond: number;
}

/** What is listed apart: the notes of contacts, leads, companies and customers, and the events. */
const SOURCES = 5;
/** Carried by one worker, recordings of two minutes and an ordinary telephony server. */
const USUAL_CALLS_PER_SECOND = 10;

/** What an export of this plan takes, roughly and rather too much than too little. */
export function estimate(
  { calls, talkSeconds }: Pick<Progress, 'calls' | 'talkSeconds'>,
  account: Pick<Account, 'isApiFilterEnabled'>,
  pace: Pace,
  tariff: Tariff,
): Estimate {
  // At worst every call has a client of its own; without the paid filter each is read by a request of its own.
  const clients = account.isApiFilterEnabled ? Math.ceil(calls.planned / ENTITIES_LIMIT) : calls.planned;
  const listing = SOURCES + Math.ceil(calls.found / PAGE_LIMIT) + Math.ceil(calls.found / EVENTS_LIMIT);
  const requests = listing + clients;
  const seconds = requests / pace.requestsPerSecond + calls.planned / pace.callsPerSecond;
  return { requests, seconds: Math.ceil(seconds), roubles: priceOf(talkSeconds.planned, tariff) };
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
