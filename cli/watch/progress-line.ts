import { byteSize, count } from '../terminal/amounts.ts';
import { listingText } from './listing-lines.ts';
import { blockSentence, searchSentence, troubleSentence } from './reasons.ts';
import { type BlockInput, callsText } from './progress-block.ts';
import { ENDS, STATES } from './words.ts';

/** The progress as one line, for a log or a pipe. */
export function progressLine({ status, pace, language }: Omit<BlockInput, 'columns' | 'latest' | 'host'>): string {
  const { calls, bytes } = status;
  const listing = status.state === 'planning' ? listingText(status.listing, language) : undefined;
  const parts = [
    STATES[status.state][language],
    ...blockSentence(status, language),
    ...troubleSentence(status, language),
    ...searchSentence(status, language),
    ...(pace.share === null ? [] : [`${Math.floor(pace.share * 100)} %`]),
    callsText(status, pace, language),
    ...(listing === undefined ? [] : [listing]),
    byteSize(bytes.uploaded, language),
    ...(['failed', 'waiting', 'unconfirmed'] as const)
      .filter((end) => calls[end] > 0)
      .map((end) => `${count(calls[end], language)} ${ENDS[end][language]}`),
  ];
  return parts.join(' · ');
}
