import type { Sentence } from '../../errors/codes.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import { accountAddress } from '../../amocrm/http/host.ts';
import {
  addAccount,
  listAccounts,
  type ListedAccount,
  type ListedToken,
  removeAccount,
} from '../../client/accounts/account-admin.ts';
import type { ConnectedAccount } from '../../client/accounts/account-connecting.ts';
import { authoriseByCode, authoriseByRedirect, consentLink } from '../../client/accounts/account-consent.ts';
import { confirm } from '../terminal/confirm.ts';
import type { Output } from '../terminal/output.ts';
import { readSecret } from '../terminal/read-secret.ts';
import { table } from '../terminal/table.ts';
import type { CommandContext } from '../command.ts';

export async function connectAccount(
  { services, output, stdin }: CommandContext,
  { host, tokenStdin, codeStdin }: { host: string; tokenStdin?: boolean; codeStdin?: boolean },
): Promise<number> {
  // Before a person is asked for anything, let alone that it is sent.
  accountAddress(host, services.environment.INSECURE_HOSTS);
  const access = await services.access();
  if (tokenStdin !== true && codeStdin !== true) {
    const link = await consentLink(access, host);
    output.result(link, () => [link.consentUrl]);
    output.remark({
      en: 'Open it as an administrator of the account and allow access; then run this with --code-stdin and give it the address that the browser ended at.',
      ru: 'Откройте её от имени администратора аккаунта и разрешите доступ; затем выполните эту же команду с --code-stdin и передайте адрес, на котором остановился браузер.',
    });
    return EXIT.done;
  }
  if (tokenStdin === true) {
    const token = await readSecret(stdin, output.text({ en: 'Long-lived token', ru: 'Долгосрочный токен' }));
    sayConnected(output, await atTypedHost(host, addAccount(access, host, token)));
    return EXIT.done;
  }
  access.oauth.assertIntegration();
  const prompt = { en: 'Code, or the address with it', ru: 'Код или адрес, в котором он есть' };
  const given = (await readSecret(stdin, output.text(prompt))).trim();
  const connected = URL.canParse(given)
    ? authoriseByRedirect(access, new URL(given).searchParams)
    : atTypedHost(host, authoriseByCode(access, host, given));
  sayConnected(output, await connected);
  return EXIT.done;
}

export async function printAccounts({ services, output }: CommandContext): Promise<number> {
  const now = new Date();
  const accounts = (await listAccounts(services.ledger)).map((account) => ({
    ...account,
    toDo: account.toDo?.sentence(output.language) ?? null,
  }));
  output.result(accounts, () =>
    accounts.length === 0
      ? [output.text({ en: 'No accounts yet.', ru: 'Аккаунтов пока нет.' })]
      : [
          ...table(accounts.map((account) => rowOf(account, now, output))),
          ...accounts.flatMap(({ host, toDo }) => (toDo === null ? [] : [`${host}: ${toDo}`])),
        ],
  );
  return EXIT.done;
}

export async function deleteAccount(
  { services, output, stdin, account }: CommandContext,
  { yes }: { yes?: boolean },
): Promise<number> {
  const { accountId, host } = await account();
  const question = {
    en: `Delete everything of ${host}: calls, reports, and which of them were exported?`,
    ru: `Удалить всё по ${host}: звонки, отчёты и сведения о том, что выгружено?`,
  };
  const agreed = yes ?? (await confirm(output, stdin, question));
  if (agreed === undefined) throw new ExportError('usage', { values: { problem: YES_MISSING } });
  if (!agreed) return EXIT.done;
  const deleted = await removeAccount(services.ledger, await services.exports(), accountId);
  output.result({ accountId, host, deleted }, () =>
    table([
      [output.text({ en: `Deleted of ${host}:`, ru: `Удалено по ${host}:` })],
      ...Object.entries(deleted).map(([what, rows]) => [`  ${what}`, String(rows)]),
    ]),
  );
  output.remark({
    en: 'Temporal keeps the ids and counts of past exports (no names, phones or links) until its retention time ends; talks in SpeechSense stay.',
    ru: 'Temporal хранит номера и количества прошлых выгрузок (без имён, телефонов и ссылок) до конца своего срока хранения; диалоги в SpeechSense остаются.',
  });
  return EXIT.done;
}

/** A name that no DNS knows passes by for an export; of a host that was just typed it is a typing error. */
async function atTypedHost<T>(host: string, connected: Promise<T>): Promise<T> {
  try {
    return await connected;
  } catch (error) {
    const known = findExportError(error);
    if (known?.code !== 'amocrm_unavailable' || known.values['what'] !== 'ENOTFOUND') throw error;
    throw new ExportError('amocrm_no_such_host', { cause: error, values: { host }, field: 'host' });
  }
}

const YES_MISSING: Sentence = {
  en: 'Nothing was deleted: nobody can be asked here whether everything of the account may go. Add --yes if it may.',
  ru: 'Ничего не удалено: спросить подтверждение здесь не у кого. Если всё по аккаунту можно удалить, добавьте --yes.',
};

function sayConnected(output: Output, connected: ConnectedAccount): void {
  const { accountId, host, resumedExportId, notResumed } = connected;
  output.result(connected, () => [
    output.text({
      en: `Account ${accountId} (${host}) is connected.`,
      ru: `Аккаунт ${accountId} (${host}) подключён.`,
    }),
  ]);
  if (resumedExportId !== undefined) {
    output.remark({ en: `Export ${resumedExportId} goes on.`, ru: `Выгрузка ${resumedExportId} продолжается.` });
  }
  if (notResumed !== undefined) {
    output.remark({
      en: `Its export could not be told (${notResumed}): if it is blocked, run \`resume\`.`,
      ru: `Выгрузке не удалось об этом сообщить (${notResumed}): если она приостановлена, выполните \`resume\`.`,
    });
  }
}

function rowOf(
  { accountId, host, state, token, connection }: Omit<ListedAccount, 'toDo'>,
  now: Date,
  output: Output,
): string[] {
  return [
    String(accountId),
    host,
    state,
    token ? tokenColumn(token, now, output) : '',
    connection ? `${connection.connectionId} (${connection.language})` : '',
  ];
}

function tokenColumn({ kind, since, accessUntil }: ListedToken, now: Date, output: Output): string {
  const days = Math.floor((now.getTime() - Date.parse(since)) / 86_400_000);
  const until = accessUntil === null ? '' : accessUntil.slice(0, 16).replace('T', ' ');
  const age = output.text({ en: `${kind} token, ${days} d old`, ru: `токен ${kind}, ${days} дн.` });
  return until === '' ? age : `${age}${output.text({ en: `, until ${until} UTC`, ru: `, до ${until} UTC` })}`;
}
