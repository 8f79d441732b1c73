import { reasonSentence } from '../../errors/reasons.ts';
import { doneCalls, type ExportStatus } from '../../client/exports/status.ts';
import { byteSize, clockTime, count, decimal, talkTime } from '../terminal/amounts.ts';
import type { Language } from '../terminal/language.ts';
import type { LatestFailure } from './latest-failure.ts';
import type { Pace } from './progress-meter.ts';
import { listingText } from './listing-lines.ts';
import { blockSentence, reasonCounts, searchSentence, total, troubleSentence } from './reasons.ts';
import { ENDS, STATES, WORDS } from './words.ts';

export interface BlockInput {
  status: ExportStatus;
  pace: Pace;
  latest: LatestFailure[];
  host: string;
  language: Language;
  /** Width of the terminal. */
  columns: number;
}

/** The progress as lines of a block that is redrawn in place; none is wider than the terminal. */
export function progressBlock({ status, pace, latest, host, language, columns }: BlockInput): string[] {
  const { calls, talkSeconds, bytes } = status;
  const word = (name: keyof typeof WORDS) => WORDS[name][language];
  const labels = (['calls', 'talk', 'sent', 'states', 'skipped', 'failed', 'latest'] as const).map(word);
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  const row = (name: keyof typeof WORDS, text: string) => `${word(name).padEnd(width)}${text}`;
  const skipped = total(calls.skipped);
  const listing = status.state === 'planning' ? listingText(status.listing, language) : undefined;

  const lines = [
    `${word('export')} ${status.exportId} · ${host} · ${STATES[status.state][language]}`,
    ...blockSentence(status, language),
    ...troubleSentence(status, language),
    ...searchSentence(status, language),
    bar(pace, columns),
    ...(listing === undefined ? [] : [row('listing', listing)]),
    row('calls', callsText(status, pace, language)),
    row('talk', `${talkTime(talkSeconds.exported, language)} / ${talkTime(talkSeconds.planned, language)}`),
    row('sent', `${byteSize(bytes.uploaded, language)}${speedText(pace, language)}`),
    row('states', statesText(status, language)),
    ...(skipped > 0 ? [row('skipped', `${count(skipped, language)}: ${reasonCounts(calls.skipped, language)}`)] : []),
    ...(calls.failed > 0
      ? [row('failed', `${count(calls.failed, language)}: ${reasonCounts(status.failures, language)}`)]
      : []),
    ...latest.map(({ noteId, reason }, at) => {
      const text = `${word('note')} ${noteId}: ${reason}, ${reasonSentence(reason, language)}`;
      return at === 0 ? row('latest', text) : `${''.padEnd(width)}${text}`;
    }),
  ];
  return lines.map((line) => (line.length >= columns ? `${line.slice(0, Math.max(0, columns - 2))}…` : line));
}

/** `[█████░░░░░]  52 %`; empty while nobody knows the whole. */
export function bar({ share }: Pick<Pace, 'share'>, columns: number): string {
  const width = Math.max(10, Math.min(50, columns - 10));
  // Rounded down: only what is complete looks complete.
  const filled = Math.floor((share ?? 0) * width);
  const percent = share === null ? '' : ` ${String(Math.floor(share * 100)).padStart(3)} %`;
  return `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}]${percent}`;
}

export function callsText(status: ExportStatus, pace: Pace, language: Language): string {
  const { state, calls } = status;
  if (calls.planned === 0) return `${WORDS.found[language]} ${count(calls.found, language)}`;
  const parts = [`${count(doneCalls(status), language)} / ${count(calls.planned, language)}`];
  if (pace.callsPerSecond !== null && (calls.remaining > 0 || state === 'completed')) {
    parts.push(`${decimal(pace.callsPerSecond, language)} ${WORDS.callsPerSecond[language]}`);
  }
  if (pace.etaSeconds !== null && calls.remaining > 0) {
    parts.push(`${WORDS.left[language]} ${clockTime(pace.etaSeconds)}`);
  }
  return parts.join(', ');
}

function speedText({ bytesPerSecond }: Pace, language: Language): string {
  return bytesPerSecond === null ? '' : `, ${byteSize(bytesPerSecond, language)}${WORDS.perSecond[language]}`;
}

function statesText({ calls }: ExportStatus, language: Language): string {
  return (Object.keys(ENDS) as (keyof typeof ENDS)[])
    .map((end) => `${count(calls[end], language)} ${ENDS[end][language]}`)
    .join(' · ');
}
