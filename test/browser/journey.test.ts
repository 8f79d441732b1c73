import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { recordedCalls } from '../support/promises.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Administrator } from './administrator.ts';
import { createProduct, type Product } from './product.ts';

let product: Product;
let administrator: Administrator;
/** Every body that came from the backend. */
const answers: string[] = [];

beforeAll(async () => {
  product = await createProduct({
    sandbox: { calls: 60, talkScale: 0.05 },
    pace: { batchSize: 20, lanes: 4, openBatches: 2 },
  });
  // The stage comes connected; here that is the administrator's to do.
  await product.stage.ledger.accounts.remove(product.stage.accountId);
  administrator = await product.visitor({}, { acceptDownloads: true });
  administrator.page.on('response', (response) => {
    if (!response.url().startsWith(product.backendUrl)) return;
    response.text().then(
      (text) => answers.push(text),
      () => undefined,
    );
  });
});
afterAll(async () => {
  await product.close();
});

const account = () => product.stage.ledger.accounts.find(product.stage.accountId);
const talks = () => product.stage.sandbox.speechsense.talks().length;
/** Not the first of the history: that is the stopped one until the list was read again. */
const finished = () =>
  administrator.block('История').getByRole('listitem').filter({ hasText: 'Завершена' }).filter({ hasNotText: 'Повтор неудачных' }); // prettier-ignore
/** A call whose recording the telephony will not give at first. */
const lostCall = () => {
  const call = product.stage.sandbox.world.calls.find(({ talkSeconds, hasLink }) => talkSeconds > 0 && hasLink);
  if (!call) throw new Error('no recorded call');
  return call;
};
const expired = () => ({ worldId: lostCall().worldId, action: { kind: 'lie', lie: 'expired' } });
const telephony = (...faults: object[]) => product.stage.control('telephony', 'PUT', '/faults', faults);

describe('an administrator, from installing to switching off', () => {
  test('cannot install without the consent', async () => {
    await administrator.openIntegration();
    await administrator.button('Установить').click();
    await administrator.sees('Заполните обязательное поле');
    expect(await account()).toBeUndefined();
  });

  test('installs with it, and the account is connected', async () => {
    await administrator.page.getByLabel(/Согласен на передачу персональных данных/).check();
    await administrator.button('Установить').click();
    await administrator.page.getByRole('link', { name: 'Настройки выгрузки SpeechSense' }).click();
    await waitFor(account, { what: 'the account to be connected' });
    await administrator.openSettings();
    await administrator.sees('Выгрузок ещё не было');
    expect(await administrator.block('Доступ к amoCRM').count()).toBe(0);
  });

  test('hears of each wrong value of the connection what is wrong', async () => {
    const { connectionId, apiKey } = product.stage.sandbox;
    const check = async (id: string, key: string, said: RegExp) => {
      await administrator.field('ID подключения').fill(id);
      await administrator.field('API-ключ').fill(key);
      await administrator.button('Проверить подключение').click();
      await administrator.block('Подключение').getByText(said).waitFor();
    };
    await check(connectionId, 'AQVNwrong', /не принимает API-ключ/);
    await check('eavunknown', apiKey, /не знает подключения/);
    await product.stage.control('speechsense', 'PUT', '/behaviour', { access: 'no-role' });
    await check(connectionId, `${apiKey} `, /нет прав на это подключение/);
    await product.stage.control('speechsense', 'PUT', '/behaviour', { access: 'granted' });
  });

  test('and of the right ones that they are right', async () => {
    await administrator.field('API-ключ').fill(product.stage.sandbox.apiKey);
    await administrator.button('Проверить подключение').click();
    await administrator.block('Подключение').locator('.sse-notice_success').waitFor();
  });

  test('fills the form and saves it; of the key only its end comes back', async () => {
    const { apiKey } = product.stage.sandbox;
    const { period } = product.stage.settings();
    await administrator.field('С').fill(period?.from ?? '');
    await administrator.field('По').fill(period?.to ?? '');
    await administrator.button('Добавить поле: Звонок').click();
    await administrator.page.getByRole('combobox', { name: 'Звонок, строка 1: поле amoCRM' }).fill('Длительность');
    await administrator.page
      .getByRole('option', { name: /Длительность/ })
      .first()
      .waitFor();
    await administrator.page.keyboard.press('Enter');
    await administrator.button('Сохранить настройки').click();
    await administrator.sees('Настройки сохранены.');
    await administrator.openSettings();
    await administrator.sees(`Ключ сохранён (…${apiKey.slice(-4)})`);
    expect(await administrator.field('API-ключ').inputValue()).toBe('');
    expect(await administrator.field('Звонок, строка 1: ключ SpeechSense').inputValue()).not.toBe('');
    expect(answers.join('\n')).not.toContain(apiKey);
  });

  test('sees what would be sent', async () => {
    await administrator.button('Рассчитать').click();
    const preview = administrator.block('Предпросмотр');
    await administrator.later('the preview', () => preview.getByText('Будет отправлено').isVisible());
    const { calls } = product.stage.sandbox.world;
    expect(await preview.getByText(String(calls.length), { exact: true }).count()).toBeGreaterThan(0);
    expect(await preview.getByText(String(recordedCalls(product.stage)), { exact: true }).count()).toBeGreaterThan(0);
    expect(talks()).toBe(0);
  });

  test('starts, sees progress move, and stops', async () => {
    await telephony(expired(), { after: 15, action: { kind: 'slow', bytesPerSecond: 200 } });
    await administrator.button('Начать выгрузку').click();
    // A failed call moves the bar as well.
    await administrator.later('the first calls', async () => talks() > 0 && (await administrator.percentDone()) > 0);
    await administrator.button('Остановить выгрузку').click();
    await administrator.button('Не останавливать').click();
    expect(await administrator.button('Остановить выгрузку').isVisible()).toBe(true);
    await administrator.button('Остановить выгрузку').click();
    await administrator.button('Да, остановить').click();
    const progress = administrator.block('Выгрузка');
    await administrator.later('the stop', () => progress.getByText('Остановлена').first().isVisible());
    expect(talks()).toBeGreaterThan(0);
    expect(talks()).toBeLessThan(recordedCalls(product.stage) - 1);
  });

  test('starts again, and it comes to its end', async () => {
    await telephony(expired());
    await administrator.button('Начать выгрузку').click();
    const progress = administrator.block('Выгрузка');
    await administrator.later('the end', () => progress.getByText('Завершена').first().isVisible());
    expect(talks()).toBe(recordedCalls(product.stage) - 1);
    await progress.getByText('записи больше нет по ссылке: 1').waitFor();
  });

  test('downloads the report, which has every call with its state', async () => {
    const history = finished();
    const [download] = await Promise.all([
      administrator.page.waitForEvent('download'),
      history.getByRole('button', { name: 'Скачать отчёт CSV' }).click(),
    ]);
    const report = await readFile(await download.path(), 'utf8');
    const [, ...rows] = report.trim().split('\n');
    expect(rows).toHaveLength(product.stage.sandbox.world.calls.length);
    expect(rows.filter((row) => row.includes('recording_expired'))).toHaveLength(1);
    const [sheet] = await Promise.all([
      administrator.page.waitForEvent('download'),
      history.getByRole('button', { name: 'Скачать отчёт XLSX' }).click(),
    ]);
    // A zip, as every xlsx is.
    expect((await readFile(await sheet.path())).subarray(0, 2).toString()).toBe('PK');
  });

  test('looks at the failed call', async () => {
    const history = finished();
    await history.getByRole('button', { name: 'Показать звонки' }).click();
    await history.getByLabel('Состояние').selectOption('failed');
    await history.getByLabel('Причина').selectOption('recording_expired');
    const rows = history.locator('tbody tr');
    await waitFor(async () => (await rows.count()) === 1, { what: 'the one call' });
    expect(await rows.innerText()).toContain('записи больше нет по ссылке');
    const card = await history.getByRole('link', { name: 'Открыть карточку' }).getAttribute('href');
    expect(card).toContain(new URL(product.amocrm).host);
  });

  test('retries it, and it is sent', async () => {
    await telephony();
    const history = finished();
    await history.getByRole('button', { name: 'Повторить неудачные' }).click();
    await history.getByRole('button', { name: 'Повторить', exact: true }).click();
    await administrator.later('the retry', () => talks() === recordedCalls(product.stage));
    const retry = administrator.block('История').getByRole('listitem').filter({ hasText: 'Повтор неудачных' });
    await administrator.later('its end', () => retry.getByText('Завершена').isVisible());
  });

  test('switches the widget off: its page is gone, and so is the access', async () => {
    await administrator.openIntegration();
    await administrator.button('Отключить').click();
    const link = administrator.page.getByRole('link', { name: 'Настройки выгрузки SpeechSense' });
    await link.waitFor({ state: 'detached' });
    await administrator.page.goto(`${product.amocrm}/settings/advanced/`);
    await administrator.sees('Раздел появляется после установки виджета.');
    const { ledger, accountId } = product.stage;
    await waitFor(async () => (await ledger.tokens.about(accountId))?.state !== 'active', {
      what: 'the access to end',
    });
  });

  test('has met no error of the page and no dialog', () => {
    expect(administrator.pageErrors).toEqual([]);
  });
});
