import type { Command } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import type { Account } from '../../../ledger/accounts.ts';
import type { Ledger } from '../../../ledger/ledger.ts';
import { estimate, paceOf } from '../../estimate.ts';
import { amocrmAnswers } from '../../preflight.ts';
import { readTariff } from '../../tariff-file.ts';
import { clockTime, count, talkTime } from '../amounts.ts';
import { warnWithoutWorkers } from '../begin-export.ts';
import { addCommand, type Runner } from '../command.ts';
import type { Language } from '../language.ts';
import { priceSentences } from '../price-sentences.ts';
import { type SettingsFlags, settingsOptions } from '../settings-flags.ts';
import { mappingWarnings } from '../mapping-warnings.ts';
import { settingsOfExport } from '../settings-of-export.ts';
import { table } from '../table.ts';
import { listingRemarks } from '../watch/listing-lines.ts';
import { reasonLines, total } from '../watch/reasons.ts';
import { WORDS } from '../watch/words.ts';

export function addPreviewCommand(program: Command, runner: Runner): void {
  addCommand<SettingsFlags>(program, runner, {
    name: 'preview',
    summary: 'count the calls that an export would send, with its time and price, without sending any',
    account: true,
    options: settingsOptions(),
    examples: ['preview', 'preview --from 2026-11-01 --to 2026-11-22 --min-talk 30 --json'],
    async run(context, flags) {
      const { services, output } = context;
      const account = await context.account();
      const settings = await settingsOfExport(context, account, flags);
      const { TARIFF_FILE: tariffFile, AMOCRM_REQUESTS_PER_SECOND: requestsPerSecond } = services.environment;
      const tariff = await readTariff(tariffFile);
      await amocrmAnswers(services.access, account);
      const exports = await services.exports();
      await warnWithoutWorkers(context);

      const mappingWarned = await mappingWarnings(context, account, settings.mapping);
      const status = await exports.preview(account.accountId, settings);
      const { found, planned, skipped, failed, waiting, unconfirmed } = status.calls;
      const callsPerSecond = await paceOfAccount(services.ledger, account);
      const estimated = estimate(status, account, { requestsPerSecond, callsPerSecond }, tariff);
      const preview = {
        calls: { found, planned, skipped },
        talkSeconds: { planned: status.talkSeconds.planned },
        estimate: estimated,
        warnings: [
          ...warningsOf({ failed, waiting, unconfirmed }),
          ...mappingWarned,
          ...listingRemarks(status.listing),
          ...priceSentences(estimated.roubles, tariff, tariffFile),
        ].map((sentence) => output.text(sentence)),
      };
      output.result(preview, () => {
        const { language } = output;
        return [
          ...table([
            [WORDS.found[language], count(found, language)],
            [
              WORDS.planned[language],
              `${count(planned, language)}, ${talkTime(preview.talkSeconds.planned, language)}`,
            ],
            [WORDS.skippedCount[language], count(total(skipped), language)],
          ]),
          ...table(reasonLines(skipped, language)).map((line) => `  ${line}`),
          output.text({
            en: `An export takes about ${clockTime(estimated.seconds)} and ${estimated.requests} requests to amoCRM.`,
            ru: `Выгрузка займёт примерно ${clockTime(estimated.seconds)} и ${estimated.requests} запросов к amoCRM.`,
          }),
          ...(estimated.roubles === null ? [] : [priceLine(estimated.roubles, language)]),
          ...preview.warnings,
        ];
      });
      return EXIT.done;
    },
  });
}

function priceLine(roubles: number, language: Language): string {
  const amount = `${roubles.toLocaleString(language, { maximumFractionDigits: roubles < 100 ? 2 : 0 })} ₽`;
  return { en: `SpeechSense takes about ${amount} for it.`, ru: `SpeechSense возьмёт за неё примерно ${amount}.` }[
    language
  ];
}

async function paceOfAccount(ledger: Ledger, { accountId }: Account): Promise<number> {
  const rows = await ledger.exports.list(accountId, 5);
  return paceOf(
    await Promise.all(rows.map(async (row) => ({ row, progress: await ledger.progress.read(row.exportId) }))),
  );
}

/** What of the plan will not simply be sent. */
function warningsOf(calls: { failed: number; waiting: number; unconfirmed: number }) {
  return [
    calls.failed > 0 && {
      en: `${calls.failed} calls cannot be sent: they have no recording, or their note cannot be read.`,
      ru: `Нельзя передать звонков: ${calls.failed} (нет записи или примечание не читается).`,
    },
    calls.waiting > 0 && {
      en: `${calls.waiting} calls have no recording yet; it may still come.`,
      ru: `Звонков, к которым запись ещё не пришла: ${calls.waiting}.`,
    },
    calls.unconfirmed > 0 && {
      en: `${calls.unconfirmed} calls were sent earlier without an answer; the export looks for their talks, and sends those again that are certainly not there.`,
      ru: `Звонков, отправленных раньше без ответа: ${calls.unconfirmed}; выгрузка поищет их разговоры и отправит снова те, которых точно нет.`,
    },
  ].filter((warning) => warning !== false);
}
