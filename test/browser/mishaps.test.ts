import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CUSTOM_FIELDS } from '../../sandbox/world/custom-fields.ts';
import { GROUPS } from '../../sandbox/world/operators.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Administrator } from './administrator.ts';
import { createProduct, type Product } from './product.ts';

/** Would run if anything of it were read as HTML. */
const MARKUP = `<img src=x onerror="window.pwned = 1"><script>window.pwned = 1</script>`;

let product: Product;
let administrator: Administrator;

beforeAll(async () => {
  product = await createProduct({
    sandbox: { calls: 40, talkScale: 0.05, formats: { mp3: 1 } },
    pace: { batchSize: 20, lanes: 4 },
  });
  const { ledger, accountId } = product.stage;
  await product.install();
  await waitFor(async () => (await ledger.tokens.about(accountId))?.kind === 'oauth', { what: 'the account to be connected' }); // prettier-ignore
  await ledger.settings.put(accountId, product.stage.settings());
});
afterAll(async () => {
  await product.close();
});

beforeEach(async () => {
  administrator = await product.visitor();
});
afterEach(async () => {
  await tokens(0, null);
  await administrator.close();
  expect(administrator.pageErrors).toEqual([]);
});

const telephony = (...faults: object[]) => product.stage.control('telephony', 'PUT', '/faults', faults);
const lateAfter = (after: number) => ({ after, action: { kind: 'first-byte', delayMs: 8_000 } });
const tokens = (ageSeconds: number, times: number | null) =>
  product.stage.control('amocrm', 'PUT', '/disposable-tokens', { ageSeconds, times });

describe('two administrators at once', () => {
  test('the second to save is told so, loses nothing, and overwrites nothing', async () => {
    const other = await product.visitor();
    await administrator.openSettings();
    await other.openSettings();
    await administrator.field('Направление звонка').selectOption('incoming');
    await administrator.button('Сохранить настройки').click();
    await administrator.sees('Настройки сохранены.');

    await other.field('Минимальная длительность разговора, секунд').fill('5');
    await other.button('Сохранить настройки').click();
    await other.sees('их сохранил кто-то другой');
    const { ledger, accountId } = product.stage;
    expect((await ledger.settings.read(accountId)).settings).toMatchObject({ talkSeconds: { min: 0 } });

    await other.button('Загрузить новые, сохранив мои изменения').click();
    await other.button('Сохранить настройки').click();
    await other.sees('Настройки сохранены.');
    expect((await ledger.settings.read(accountId)).settings).toMatchObject({
      direction: 'incoming',
      talkSeconds: { min: 5 },
    });
    await ledger.settings.put(accountId, product.stage.settings());
    await other.close();
  });
});

describe('a token that is too old', () => {
  test('is not noticed: the page asks again with a fresh one', async () => {
    await administrator.openSettings();
    await tokens(3_600, 1);
    await administrator.button('Проверить подключение').click();
    await administrator.block('Подключение').locator('.sse-notice_success').waitFor();
  });

  test('is told when fresh ones are too old as well, and the page goes on when they are not', async () => {
    await administrator.openSettings();
    await tokens(3_600, null);
    await administrator.button('Проверить подключение').click();
    await administrator.block('Подключение').locator('.sse-notice_error').waitFor();
    await tokens(0, null);
    await administrator.block('Подключение').getByRole('button', { name: 'Повторить' }).click();
    await administrator.block('Подключение').locator('.sse-notice_success').waitFor();
  });
});

test('somebody who is no administrator reads that, and no settings', async () => {
  const operator = product.stage.sandbox.world.operators.find(({ isAdmin, isActive }) => !isAdmin && isActive);
  const visitor = await product.visitor({ userId: operator?.id ?? 0 });
  await visitor.openSettings();
  await visitor.page
    .locator('.sse-notice')
    .getByText(/администратор/)
    .waitFor();
  expect(await visitor.page.locator('.sse-block').count()).toBe(0);
  await visitor.close();
});

test('the page speaks English where amoCRM does', async () => {
  const visitor = await product.visitor({ locale: 'en' });
  await visitor.openSettings();
  await visitor.sees('Save settings');
  expect(await visitor.page.locator('.sse-page').innerText()).not.toMatch(/Сохранить|Начать|Загрузка/);
  await visitor.close();
});

test('another theme takes nothing away of what was typed, and stays', async () => {
  const { page } = administrator;
  const theme = () => page.locator('html').getAttribute('data-color-scheme');
  await administrator.openSettings();
  await administrator.field('Минимальная длительность разговора, секунд').fill('77');
  await page.locator('.sandbox-bar').getByLabel('Тема').selectOption('dark');
  expect(await theme()).toBe('dark');
  expect(await administrator.field('Минимальная длительность разговора, секунд').inputValue()).toBe('77');
  await administrator.openSettings();
  expect(await theme()).toBe('dark');
});

test('a narrow window is the page’s, not the menus’', async () => {
  const { page } = administrator;
  await page.setViewportSize({ width: 360, height: 800 });
  await administrator.openSettings();
  await administrator.button('Сохранить настройки').waitFor();
  expect((await page.locator('.sse-page').boundingBox())?.width).toBeGreaterThan(300);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  await page.getByRole('link', { name: 'Интеграции' }).click();
  await page.getByRole('button', { name: 'Экспорт в SpeechSense' }).waitFor();
});

describe('an export under way', () => {
  test('is one, however often its button is pressed', async () => {
    await telephony(lateAfter(5));
    await administrator.openSettings();
    await administrator.button('Начать выгрузку').dblclick();
    await administrator.button('Остановить выгрузку').waitFor();
    await waitFor(async () => (await startedExports()) === 1, { what: 'the export to be recorded' });
  });

  test('goes on while the backend is away, and the page finds it again by itself', async () => {
    await administrator.openSettings();
    await administrator.button('Остановить выгрузку').waitFor();
    const before = await administrator.percentDone();
    await product.stopBackend();
    await administrator.later('the page to notice', () =>
      administrator.page.getByText('Нет связи с сервером').first().isVisible(),
    );
    expect(await administrator.percentDone()).toBeGreaterThanOrEqual(before);
    await telephony();
    await product.startBackend();
    await administrator.later('the end', () =>
      administrator.block('Выгрузка').getByText('Завершена').first().isVisible(),
    );
    expect(await administrator.page.getByText('Нет связи с сервером').count()).toBe(0);
  });

  test('is not started while the backend is away, and the page says so', async () => {
    await administrator.openSettings();
    await administrator.button('Начать выгрузку').waitFor();
    await product.stopBackend();
    await administrator.button('Начать выгрузку').click();
    await administrator.block('Действия').getByText('Сервер выгрузки не отвечает').waitFor();
    await product.startBackend();
    expect(await startedExports()).toBe(1);
  });

  async function startedExports(): Promise<number> {
    const { ledger, accountId } = product.stage;
    const listed = await ledger.exports.list(accountId, 10);
    return listed.filter(({ kind }) => kind === 'export').length;
  }
});

describe('strings of amoCRM that look like HTML', () => {
  test('stay text: names of people, groups, fields and reasons', async () => {
    const { world } = product.stage.sandbox;
    const [, operator] = world.operators;
    const group = GROUPS[1];
    const field = CUSTOM_FIELDS.find(({ entityType }) => entityType === 'leads');
    if (!operator || !group || !field) throw new Error('the sandbox has no such people and fields');
    const names = [operator.name, group.name, field.name] as const;
    operator.name = group.name = field.name = MARKUP;
    try {
      // A reason is ours, but the page must not rely on that.
      await administrator.page.route('**/api/exports/*/calls*', async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replaceAll(/"reasonText":(null|\{[^}]*\})/g, () =>
          `"reasonText":${JSON.stringify({ ru: MARKUP, en: MARKUP })}`); // prettier-ignore
        await route.fulfill({ response, body });
      });
      await administrator.openSettings();
      await administrator.block('Фильтры').getByText(MARKUP).first().waitFor();
      await administrator.button('Добавить поле: Сделка').click();
      await administrator.page.getByRole('combobox', { name: 'Сделка, строка 1: поле amoCRM' }).fill('onerror');
      await administrator.page.locator('.sse-combobox__choice').filter({ hasText: 'onerror' }).first().waitFor();
      await administrator.button('Показать звонки').first().click();
      await administrator.page.locator('tbody').getByText(MARKUP).first().waitFor();
      expect(await administrator.page.evaluate('window.pwned')).toBeUndefined();
      expect(await administrator.page.locator('.sse-page img, .sse-page script').count()).toBe(0);
    } finally {
      await administrator.page.unrouteAll({ behavior: 'ignoreErrors' });
      [operator.name, group.name, field.name] = names;
    }
  });
});

describe('1,000 users and 500 fields', () => {
  const USERS = 1_000;
  const FIELDS = 500;

  test('are searched, not drawn: the page stays as small as with nine', async () => {
    const { world } = product.stage.sandbox;
    const [first] = world.operators;
    for (let at = 0; at < USERS; at++) {
      world.operators.push({ ...first, id: 5_000_000 + at, name: `Сотрудник ${at}`, isAdmin: false });
    }
    for (let at = 0; at < FIELDS; at++) {
      const name = `Поле ${at}`;
      CUSTOM_FIELDS.push({ id: 7_000_000 + at, entityType: 'leads', name, type: 'text', code: null, enums: null });
    }
    await administrator.openSettings();
    await administrator.sees(/1\s00\d сотрудник/);
    const users = administrator.page.locator('.sse-list .sse-checkbox');
    expect(await users.count()).toBeLessThanOrEqual(120);
    expect(await administrator.page.locator('.sse-page *').count()).toBeLessThan(2_000);

    await administrator.field('Найти пользователя').fill('Сотрудник 999');
    await administrator.page.locator('.sse-list').getByText('Сотрудник 999').waitFor();
    expect(await users.count()).toBeLessThanOrEqual(2);

    await administrator.button('Добавить поле: Сделка').click();
    const box = administrator.page.getByRole('combobox', { name: 'Сделка, строка 1: поле amoCRM' });
    await box.click();
    const options = administrator.page.locator('.sse-combobox__choice');
    await waitFor(async () => (await options.count()) === 50, { what: 'the first fifty fields' });
    await box.fill('Поле 499');
    await options.filter({ hasText: 'Поле 499' }).waitFor();
    expect(await options.count()).toBe(1);
    await administrator.page.keyboard.press('Enter');
    expect(await box.inputValue()).toBe('Поле 499');
  });
});
