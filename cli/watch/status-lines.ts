import type { Account } from '../../ledger/accounts/accounts.ts';
import { listingRemarks } from '../../client/exports/listing-remarks.ts';
import { type ExportStatus, isFinal } from '../../client/exports/status.ts';
import { byteSize, clockTime, count, talkTime } from '../terminal/amounts.ts';
import { PROGRAM } from '../command.ts';
import type { Language } from '../terminal/language.ts';
import { table } from '../terminal/table.ts';
import { blockSentence, reasonLines, total, troubleSentence } from './reasons.ts';
import { ENDS, STATES, WORDS } from './words.ts';

/** An export's status for people, with its sums written out so that they can be seen to add up. */
export function statusLines(status: ExportStatus, { host }: Account, language: Language): string[] {
  const { calls, failures, talkSeconds, bytes } = status;
  const word = (name: keyof typeof WORDS) => WORDS[name][language];
  const number = (amount: number) => count(amount, language);
  const ends = Object.entries(ENDS).map(
    ([end, title]) => `${number(calls[end as keyof typeof ENDS])} ${title[language]}`,
  );
  return [
    `${word('export')} ${status.exportId} · ${host} · ${STATES[status.state][language]}${duration(status)}`,
    ...blockSentence(status, language),
    ...troubleSentence(status, language),
    ...table([
      [`  ${word('found')}`, `${number(calls.found)} = ${sumOfFound(status, language)}`],
      [`  ${word('planned')}`, `${number(calls.planned)} = ${ends.join(' + ')}`],
      [
        `  ${word('talk').toLowerCase()}`,
        `${talkTime(talkSeconds.exported, language)} ${word('of')} ${talkTime(talkSeconds.planned, language)}`,
      ],
      [`  ${word('sent').toLowerCase()}`, byteSize(bytes.uploaded, language)],
    ]),
    ...reasons('skipped', calls.skipped),
    ...reasons('failed', failures),
    ...listingRemarks(status.listing).map((remark) => `  ${remark[language]}`),
    ...(status.droppedKeys.length === 0 ? [] : [`  ${word('droppedKeys')}: ${status.droppedKeys.join(', ')}`]),
    ...(isFinal(status) ? [`  ${PROGRAM} report --export ${status.exportId} --out report.csv`] : []),
  ];

  function reasons(title: 'skipped' | 'failed', counts: Record<string, number>): string[] {
    if (total(counts) === 0) return [];
    return [`  ${word(title).toLowerCase()}`, ...table(reasonLines(counts, language)).map((line) => `    ${line}`)];
  }
}

/** While the plan is open, what was found is neither planned nor skipped yet. */
function sumOfFound({ calls }: ExportStatus, language: Language): string {
  const skipped = total(calls.skipped);
  const undecided = calls.found - calls.planned - skipped;
  const parts = [
    `${count(calls.planned, language)} ${WORDS.planned[language]}`,
    `${count(skipped, language)} ${WORDS.skippedCount[language]}`,
  ];
  if (undecided > 0) parts.push(`${count(undecided, language)} ${{ en: 'undecided', ru: 'не разобрано' }[language]}`);
  return parts.join(' + ');
}

function duration({ startedAt, finishedAt }: ExportStatus): string {
  if (finishedAt === null) return '';
  return ` · ${clockTime((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`;
}
