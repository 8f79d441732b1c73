import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { reasonSentence } from '../../errors/reasons.ts';
import { cardLink } from '../../amocrm/cards/entity-values.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { CallOfPage, CallOrder, CallPlace } from '../../ledger/calls/call-pages.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { TransferState } from '../../ledger/schema.ts';
import { CALL_STATES, type CallState } from './call-states.ts';
import { localTime } from './report-cells.ts';

const ON_THEIR_WAY = ['listed', 'planned', 'uploading', 'committing'] as const;

export interface CallListQuery {
  state?: CallState | undefined;
  reason?: string | undefined;
  /** Calls of this user of amoCRM. */
  operatorId?: number | undefined;
  order: CallOrder;
  /** The `next` of the page before. */
  after?: string | undefined;
  limit: number;
}

/** A call of an export as people see it. */
interface ListedCall extends Omit<CallOfPage, 'started_at' | 'state'> {
  /** ISO 8601 with the offset of the account's time zone. */
  started_at: string;
  state: CallState;
  reasonText: Sentence | null;
  /** The amoCRM card on which the call was noted. */
  card_link: string;
}

export interface CallList {
  calls: ListedCall[];
  /** Where the next page begins; null after the last one. */
  next: string | null;
}

/**
 * Calls of an export, page by page.
 *
 * @throws {ExportError} `export_not_found`, also for another account's; `request_invalid` for an `after` not of ours.
 */
export async function listCalls(
  ledger: Ledger,
  { accountId, host, timeZone }: Account,
  exportId: string,
  { state, reason, operatorId, order, after, limit }: CallListQuery,
): Promise<CallList> {
  const row = await ledger.exports.find(exportId);
  if (row?.accountId !== accountId) throw new ExportError('export_not_found', { values: { exportId } });
  const states: readonly TransferState[] = state === 'planned' ? ON_THEIR_WAY : state === undefined ? [] : [state];
  const page = await ledger.callPages.read({
    exportId,
    states,
    reason,
    operatorId,
    order,
    after: after === undefined ? undefined : placeOf(after),
    limit,
  });
  const calls = page.calls.map((call) => ({
    ...call,
    started_at: localTime(call.started_at, timeZone),
    state: shownState(call.state),
    reasonText: textOf(call.reason),
    card_link: cardLink(host, call.entity_type, call.entity_id),
  }));
  return { calls, next: page.next ? `${page.next.micros}-${page.next.callId}` : null };
}

function shownState(state: TransferState): CallState {
  return CALL_STATES.find((known) => known === state) ?? 'planned';
}

function textOf(reason: string | null): Sentence | null {
  return reason === null ? null : { en: reasonSentence(reason, 'en'), ru: reasonSentence(reason, 'ru') };
}

function placeOf(after: string): CallPlace {
  const [, micros, callId] = /^(\d{1,16})-(\d{1,15})$/.exec(after) ?? [];
  if (micros === undefined || callId === undefined) {
    throw new ExportError('request_invalid', { values: { problems: 'after' }, field: 'after' });
  }
  return { micros: Number(micros), callId: Number(callId) };
}
