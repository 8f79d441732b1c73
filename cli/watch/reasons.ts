import { reasonSentence } from '../../errors/reasons.ts';
import { restoreError } from '../../errors/restore-error.ts';
import type { ExportStatus } from '../../client/exports/status.ts';
import { count } from '../terminal/amounts.ts';
import type { Language } from '../terminal/language.ts';

/** `not_answered 38, too_short 3`: the most frequent first. */
export function reasonCounts(counts: Record<string, number>, language: Language): string {
  return byFrequency(counts)
    .map(([reason, calls]) => `${reason} ${count(calls, language)}`)
    .join(', ');
}

/** One line a reason, with what it means. */
export function reasonLines(counts: Record<string, number>, language: Language): string[][] {
  return byFrequency(counts).map(([reason, calls]) => [
    count(calls, language),
    reason,
    reasonSentence(reason, language),
  ]);
}

/** The sentence of the error that blocks an export, or ended it; empty for none. */
export function blockSentence(
  { blockedBy, blockedValues }: Pick<ExportStatus, 'blockedBy' | 'blockedValues'>,
  language: Language,
): string[] {
  if (blockedBy === null) return [];
  return [restoreError(blockedBy, blockedValues)?.sentence(language) ?? blockedBy];
}

/** What a step of a running export tries again and again; empty for nothing. */
export function troubleSentence({ trouble }: Pick<ExportStatus, 'trouble'>, language: Language): string[] {
  if (trouble === null) return [];
  const attempts = count(trouble.attempts, language);
  const tried = { en: `${attempts} attempts so far`, ru: `попыток: ${attempts}` }[language];
  return [`${trouble.code} (${tried}): ${restoreError(trouble.code, trouble.values)?.sentence(language) ?? ''}`];
}

/** What an export waits for whose calls are all through; empty for nothing. */
export function searchSentence({ state, calls }: Pick<ExportStatus, 'state' | 'calls'>, language: Language): string[] {
  if (state !== 'settling' || calls.unconfirmed === 0 || calls.remaining > 0) return [];
  const uploads = count(calls.unconfirmed, language);
  return [
    {
      en: `looking in SpeechSense for uploads whose answer was lost (${uploads}); what is not found stays unconfirmed`,
      ru: `ищет в SpeechSense загрузки, ответ на которые потерян (${uploads}); ненайденные останутся неподтверждёнными`,
    }[language],
  ];
}

function byFrequency(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).sort(([, one], [, other]) => other - one);
}

export function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, calls) => sum + calls, 0);
}
