import { ENTITIES_LIMIT } from '../../amocrm/cards/read-entities.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import type { Progress } from '../../ledger/exports/progress.ts';
import { CARD_BLOCKS } from '../../settings/card-fields.ts';
import type { Mapping } from '../../settings/mapping.ts';
import { priceOf, type Tariff } from '../../settings/tariff.ts';

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

/** What a preview has found out. */
export interface Previewed extends Pick<Progress, 'calls' | 'talkSeconds'> {
  /** Its own requests for lists: an export reads the same. */
  listing: Pick<Progress['listing'], 'pages'>;
  /** Cards that the planned calls hang on. */
  cards: number;
}

/** Carried by one worker, recordings of two minutes and an ordinary telephony server. */
const USUAL_CALLS_PER_SECOND = 10;
/**
 * Without the paid filter the account's lists are gone through as long as that saves requests, and only what is left is
 * read one by one. docs/benchmarks.md measures 0.02 a call where most cards have calls; where few have, it is ten times
 * as much.
 */
const REQUESTS_PER_CARD = 0.2;

/** What an export of this plan takes, roughly and rather too much than too little. */
export function estimate(
  { calls, talkSeconds, listing, cards }: Previewed,
  mapping: Mapping | undefined,
  account: Pick<Account, 'isApiFilterEnabled'>,
  pace: Pace,
  tariff: Tariff,
): Estimate {
  // A card leads to one of each other kind that the mapping names.
  const kinds = Math.max(1, CARD_BLOCKS.filter((block) => (mapping?.[block].length ?? 0) > 0).length);
  const perCard = account.isApiFilterEnabled ? 1 / ENTITIES_LIMIT : REQUESTS_PER_CARD;
  const reading = Math.ceil(cards * kinds * perCard);
  // Cards are read while calls are sent; the list is complete before.
  const sending = Math.max(reading / pace.requestsPerSecond, calls.planned / pace.callsPerSecond);
  return {
    requests: listing.pages + reading,
    seconds: Math.ceil(listing.pages / pace.requestsPerSecond + sending),
    roubles: priceOf(talkSeconds.planned, tariff),
  };
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
