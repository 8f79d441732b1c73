import type { Sentence } from '../../errors/codes.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { flatTariff, type Tariff } from '../../settings/tariff.ts';
import { type Estimate, estimate, paceOf } from './estimate.ts';
import { listingRemarks } from '../exports/listing-remarks.ts';
import { ownPriceSentence, priceSentences } from './price-sentences.ts';
import type { ExportStatus } from '../exports/status.ts';

export interface PlanDescription {
  calls: ExportStatus['calls'];
  talkSeconds: { planned: number };
  estimate: Estimate;
  /** What a person should know before an export is started. */
  warnings: Sentence[];
  /** What the price is worth; where there is none, how whoever runs this gets one. */
  priceNotes: Sentence[];
}

export interface PlanPrices {
  requestsPerSecond: number;
  tariff: Tariff;
  /** Where the tariff is from, for people. */
  tariffFile: string;
}

/** What a preview has found: calls, time, price, and what of it will not simply be sent. */
export async function describePlan(
  ledger: Ledger,
  account: Account,
  { exportId, calls, talkSeconds, listing }: Pick<ExportStatus, 'exportId' | 'calls' | 'talkSeconds' | 'listing'>,
  { requestsPerSecond, tariff, tariffFile }: PlanPrices,
): Promise<PlanDescription> {
  const callsPerSecond = await paceOfAccount(ledger, account);
  const cards = await ledger.entities.countPlanned(exportId);
  const mapping = (await ledger.exports.find(exportId))?.settings.mapping;
  // As it is saved now: a price that was entered after the calculation counts.
  const { price } = (await ledger.settings.read(account.accountId)).settings;
  const holding = price ? flatTariff(price, tariff.source) : tariff;
  const pace = { requestsPerSecond, callsPerSecond };
  const estimated = estimate({ calls, talkSeconds, listing, cards }, mapping, account, pace, holding);
  return {
    calls,
    talkSeconds: { planned: talkSeconds.planned },
    estimate: estimated,
    warnings: [...warningsOf(calls), ...listingRemarks(listing)],
    priceNotes: price ? [ownPriceSentence(price)] : priceSentences(estimated.roubles, tariff, tariffFile),
  };
}

async function paceOfAccount(ledger: Ledger, { accountId }: Account): Promise<number> {
  const rows = await ledger.exports.list(accountId, 5);
  return paceOf(
    await Promise.all(rows.map(async (row) => ({ row, progress: await ledger.progress.read(row.exportId) }))),
  );
}

/** What of the plan will not simply be sent. */
function warningsOf(calls: { failed: number; waiting: number; unconfirmed: number }): Sentence[] {
  return [
    calls.failed > 0 && {
      en: `Calls that cannot be sent: ${calls.failed} (no recording, or a note that cannot be read).`,
      ru: `Нельзя отправить звонков: ${calls.failed} (нет записи или примечание не читается).`,
    },
    calls.waiting > 0 && {
      en: `Calls whose recording has not come yet: ${calls.waiting}.`,
      ru: `Звонков, к которым запись ещё не пришла: ${calls.waiting}.`,
    },
    calls.unconfirmed > 0 && {
      en: `Calls that were sent earlier without an answer: ${calls.unconfirmed}; the export looks for their talks, and sends those again that are certainly not there.`,
      ru: `Звонков, отправленных раньше без ответа: ${calls.unconfirmed}; выгрузка поищет их разговоры и отправит снова те, которых точно нет.`,
    },
  ].filter((warning) => warning !== false);
}
