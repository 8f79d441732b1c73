import type { Sentence } from '../../errors/codes.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { effectivePeriod, periodInterval } from '../../settings/period.ts';
import { type Adopted, adoptTalks } from '../../client/talks/adopt-talks.ts';
import { type CheckedCall, checkTalks } from '../../client/talks/check-talks.ts';
import { PROGRAM } from '../command.ts';
import { mergeFlags } from '../settings/settings-flags.ts';
import type { CommandContext } from '../command.ts';

function adoptionLines({ talkIds, againInSeconds }: Adopted): Sentence[] {
  const minutes = Math.ceil(againInSeconds / 60);
  return [
    { en: `Talks taken in: ${talkIds.length}.`, ru: `Принято разговоров: ${talkIds.length}.` },
    againInSeconds === 0
      ? { en: `Exports may go on: \`${PROGRAM} resume\`.`, ru: `Выгрузки могут продолжаться: \`${PROGRAM} resume\`.` }
      : {
          en: `The last talks may not be to be seen yet: run it once more in ${minutes} min, until then exports stay blocked.`,
          ru: `Последние разговоры могут быть ещё не видны: повторите через ${minutes} мин, до тех пор выгрузки ждут.`,
        },
  ];
}

const TOTALS = { '=': 'present', '-': 'missing', '?': 'unknown', '2': 'doubled' } as const;

const NOTHING_EXPORTED: Sentence = {
  en: 'Nothing of this period was exported to this connection.',
  ru: 'За этот период ничего не выгружалось в это подключение.',
};

export async function checkExported(
  { services, output, account }: CommandContext,
  { all = false, adopt = false, ...days }: { from?: string; to?: string; all?: boolean; adopt?: boolean },
): Promise<number> {
  const { accountId, timeZone } = await account();
  const now = new Date();
  const { settings } = await services.ledger.settings.read(accountId);
  const period = effectivePeriod(mergeFlags(settings, days, timeZone, now), timeZone, now);

  const interval = periodInterval(period, timeZone, now);
  const adopted = adopt ? await adoptTalks(await services.access(), accountId, interval) : undefined;
  const totals = { present: 0, missing: 0, unknown: 0, doubled: 0 };
  let repeated = 0;
  const calls: CheckedCall[] = [];
  for await (const call of checkTalks(await services.access(), accountId, interval)) {
    totals[TOTALS[call.mark]]++;
    repeated += call.repeats;
    if (all || call.mark !== '=') calls.push(call);
  }
  output.result({ period, ...totals, repeated, calls, ...(adopted ? { adopted } : {}) }, () => [
    ...(adopted ? adoptionLines(adopted).map((line) => output.text(line)) : []),
    ...calls.map(({ mark, noteId, talkIds }) => `${mark} ${noteId} ${talkIds.join(' ')}`.trimEnd()),
    output.text({
      en: `${period.from} … ${period.to}: = there ${totals.present} · - not found ${totals.missing} · ? not checked ${totals.unknown} · 2 more copies than expected ${totals.doubled}`,
      ru: `${period.from} … ${period.to}: = на месте ${totals.present} · - не найдено ${totals.missing} · ? не проверено ${totals.unknown} · 2 лишних копий ${totals.doubled}`,
    }),
    ...(repeated === 0
      ? []
      : [
          output.text({
            en: `Sent again by your choice (re-export): ${repeated}.`,
            ru: `Повторных по вашему выбору: ${repeated}.`,
          }),
        ]),
    ...(Object.values(totals).some((calls) => calls > 0) ? [] : [output.text(NOTHING_EXPORTED)]),
    ...(totals.missing === 0
      ? []
      : [
          output.text({
            en: `\`${PROGRAM} retry --missing\` sends those again that are gone.`,
            ru: `Отправить пропавшие снова: \`${PROGRAM} retry --missing\`.`,
          }),
        ]),
  ]);
  return totals.missing + totals.doubled > 0 ? EXIT.finishedWithFailures : EXIT.done;
}
