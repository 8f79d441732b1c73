import { EXIT } from '../../errors/exit-codes.ts';
import { describePlan } from '../../client/previews/plan-description.ts';
import { amocrmAnswers } from '../../client/previews/preflight.ts';
import { readTariff } from '../../client/previews/tariff-file.ts';
import { clockTime, count, talkTime } from '../terminal/amounts.ts';
import { warnWithoutWorkers } from '../begin-export.ts';
import type { Language } from '../terminal/language.ts';
import type { SettingsFlags } from '../settings/settings-flags.ts';
import { mappingRemarks } from '../settings/mapping-remarks.ts';
import { settingsOfExport } from '../settings/settings-of-export.ts';
import { table } from '../terminal/table.ts';
import { reasonLines, total } from '../watch/reasons.ts';
import { WORDS } from '../watch/words.ts';
import type { CommandContext } from '../command.ts';

export async function previewCalls(context: CommandContext, flags: SettingsFlags): Promise<number> {
  const { services, output } = context;
  const account = await context.account();
  const settings = await settingsOfExport(context, account, flags);
  const { TARIFF_FILE: tariffFile, AMOCRM_REQUESTS_PER_SECOND: requestsPerSecond } = services.environment;
  const tariff = await readTariff(tariffFile);
  await amocrmAnswers(await services.access(), account);
  const exports = await services.exports();
  await warnWithoutWorkers(context);

  const mappingWarned = await mappingRemarks(context, account, settings.mapping);
  const status = await exports.preview(account.accountId, settings);
  const paced = { requestsPerSecond, tariff, tariffFile };
  const described = await describePlan(services.ledger, account, status, paced);
  const { found, planned, skipped } = described.calls;
  const { estimate } = described;
  const preview = {
    calls: { found, planned, skipped },
    talkSeconds: described.talkSeconds,
    estimate,
    warnings: [...mappingWarned, ...described.warnings, ...described.priceNotes].map((sentence) =>
      output.text(sentence),
    ),
  };
  output.result(preview, () => {
    const { language } = output;
    return [
      ...table([
        [WORDS.found[language], count(found, language)],
        [WORDS.planned[language], `${count(planned, language)}, ${talkTime(preview.talkSeconds.planned, language)}`],
        [WORDS.skippedCount[language], count(total(skipped), language)],
      ]),
      ...table(reasonLines(skipped, language)).map((line) => `  ${line}`),
      output.text({
        en: `An export takes about ${clockTime(estimate.seconds)} and ${estimate.requests} requests to amoCRM.`,
        ru: `Выгрузка займёт примерно ${clockTime(estimate.seconds)} и ${estimate.requests} запросов к amoCRM.`,
      }),
      ...(estimate.roubles === null ? [] : [priceLine(estimate.roubles, language)]),
      ...preview.warnings,
    ];
  });
  return EXIT.done;
}

function priceLine(roubles: number, language: Language): string {
  const amount = `${roubles.toLocaleString(language, { maximumFractionDigits: roubles < 100 ? 2 : 0 })} ₽`;
  return { en: `SpeechSense takes about ${amount} for it.`, ru: `SpeechSense возьмёт за неё примерно ${amount}.` }[
    language
  ];
}
