import './browser.ts';
import { describe, expect, test } from '@jest/globals';
import { fireEvent, waitFor } from '@testing-library/dom';
import { createBackEnd, refusal, savedSettings } from './back-end.ts';
import { openPage } from './page.tsx';

const sentence = (ru: string) => ({ ru, en: `en ${ru}` });

describe('the settings form', () => {
  test('shows what is saved, the API key only as its last four characters', async () => {
    const page = openPage(createBackEnd());
    const connection = await page.block('Подключение');
    expect(connection.getByLabelText('ID подключения')).toHaveProperty('value', 'eag1');
    expect(connection.getByLabelText('API-ключ')).toHaveProperty('value', '');
    expect(connection.getByLabelText('API-ключ').getAttribute('placeholder')).toBe('••••••••wxyz');
    expect(connection.getByLabelText('API-ключ').getAttribute('type')).toBe('password');
    expect((await page.block('Фильтры')).getByLabelText('С')).toHaveProperty('value', '01.11.2026');
    await page.says('Часовой пояс аккаунта: Europe/Moscow');
  });

  test('has the state first, then the parts in the order of the app that people know', async () => {
    const page = openPage(createBackEnd());
    await page.block('История');
    expect(page.seen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)).toEqual([
      'Выгрузка',
      'Подключение',
      'Фильтры',
      'Соответствие полей',
      'История',
    ]);
  });

  test('is folded to a line each once it is saved, and opens at its button and at what is wrong in it', async () => {
    const saved = savedSettings();
    saved.settings = { ...saved.settings, users: [2], talkSeconds: { min: 30, max: 3600 }, direction: 'incoming' };
    saved.settings.mapping = { ...saved.settings.mapping, deal: [{ amocrm: 'price', speechsense: 'cena' }] };
    const problems = [{ field: 'settings.talkSeconds.min', message: sentence('минимум больше максимума') }];
    const page = openPage(
      createBackEnd({
        'GET /settings': () => saved,
        'PUT /settings': () => {
          throw refusal(400, { code: 'settings_invalid', message: sentence('…'), problems });
        },
      }),
    );
    await page.says('ID eag1 · ключ …wxyz');
    await page.says('01.11.2026 – 22.11.2026 · Борис Ким · входящие · от 30 с до 1 ч 0 мин');
    await page.says('Сделка: 1');
    expect(page.seen.queryByRole('textbox', { name: 'ID подключения' })).toBeNull();
    await page.press('Изменить: Подключение');
    await page.seen.findByRole('textbox', { name: 'ID подключения' });
    expect(page.seen.queryByRole('spinbutton', { name: 'Минимальная длительность разговора, секунд' })).toBeNull();
    await page.press('Сохранить настройки');
    const wrong = await page.seen.findByRole('spinbutton', { name: 'Минимальная длительность разговора, секунд' });
    await waitFor(() => expect(document.activeElement).toBe(wrong));
    await page.press('Свернуть: Подключение');
    await waitFor(() => expect(page.seen.queryByRole('textbox', { name: 'ID подключения' })).toBeNull());
  });

  test('is open, with three steps to the first export, where nothing was saved yet', async () => {
    const first = savedSettings({ version: 0, connection: null });
    const backEnd = createBackEnd({
      'GET /settings': () => first,
      'PUT /settings': () => ({ version: 1, warnings: [] }),
    });
    const page = openPage(backEnd);
    await page.says('До первой — три шага');
    expect(page.root.querySelectorAll('.sse-block_folded')).toHaveLength(0);
    const step = () => page.root.querySelector('[aria-current="step"]')?.textContent ?? '';
    expect(step()).toContain('Подключите SpeechSense');
    await page.fill('ID подключения', 'eag1');
    await page.fill('API-ключ', 'AQVNsecretABCD');
    await waitFor(() => expect(step()).toContain('Выберите звонки и поля'));
    await page.press('Сохранить настройки');
    await waitFor(() => expect(step()).toContain('Рассчитайте'));
  });

  test('saves everything at once with the version it was read in', async () => {
    const backEnd = createBackEnd({ 'PUT /settings': () => ({ version: 2, warnings: [] }) });
    const page = openPage(backEnd);
    await page.fill('ID подключения', ' eag2 ');
    await page.fill('API-ключ', 'AQVNsecretABCD');
    await page.fill('Минимальная длительность разговора, секунд', '30');
    await page.says('Есть несохранённые изменения');
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    expect(backEnd.sent('PUT /settings')[0]?.body).toEqual({
      version: 1,
      settings: { ...savedSettings().settings, talkSeconds: { min: 30, max: 0 } },
      connection: { connectionId: 'eag2', language: 'ru-RU', apiKey: 'AQVNsecretABCD' },
    });
    const key = page.seen.getByLabelText('API-ключ');
    expect(key).toHaveProperty('value', '');
    expect(key.getAttribute('placeholder')).toBe('••••••••ABCD');
    expect(page.root.textContent).not.toContain('несохранённые');
  });

  test('gives back settings that it does not show as they came', async () => {
    const saved = savedSettings();
    const settings = { ...saved.settings, unsorted: true };
    const backEnd = createBackEnd({
      'GET /settings': () => ({ ...saved, settings }),
      'PUT /settings': () => ({ version: 2, warnings: [] }),
    });
    const page = openPage(backEnd);
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    expect(backEnd.sent('PUT /settings')[0]?.body).toHaveProperty('settings', settings);
  });

  test('leaves the stored key alone when none is typed', async () => {
    const backEnd = createBackEnd({ 'PUT /settings': () => ({ version: 2, warnings: [] }) });
    const page = openPage(backEnd);
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    expect(backEnd.sent('PUT /settings')[0]?.body).toHaveProperty('connection', {
      connectionId: 'eag1',
      language: 'ru-RU',
    });
  });

  test('puts each problem at its field and the focus into the first', async () => {
    const problems = [
      { field: 'settings.period.from', message: sentence('Первый день позже последнего') },
      { field: 'connection.apiKey', message: sentence('Ключ слишком короткий') },
    ];
    const error = { code: 'settings_invalid', message: sentence('…'), field: 'settings.period.from', problems };
    const backEnd = createBackEnd({
      'PUT /settings': () => {
        throw refusal(400, error);
      },
    });
    const page = openPage(backEnd);
    await page.press('Сохранить настройки');
    await page.says('Исправьте отмеченные поля');
    const from = page.seen.getByLabelText('С');
    expect(from.getAttribute('aria-invalid')).toBe('true');
    const described = from.getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(described)?.textContent).toBe('Первый день позже последнего');
    await waitFor(() => expect(document.activeElement).toBe(page.seen.getByLabelText('API-ключ')));
    await page.fill('API-ключ', 'AQVN-longer');
    expect(page.root.textContent).not.toContain('Ключ слишком короткий');
    expect(page.root.textContent).toContain('Первый день позже последнего');
  });

  describe('the error of an action', () => {
    const tooLong = { field: 'settings.talkSeconds.min', message: sentence('минимум больше максимума') };
    const invalid = { code: 'settings_invalid', message: sentence('…'), problems: [tooLong], requestId: 'r-1' };
    const refused = (error: Record<string, unknown>) => () => {
      throw refusal(409, error);
    };
    const alerts = (page: ReturnType<typeof openPage>) => page.seen.queryAllByRole('alert').length;

    test('is past when the form changes, whichever action it was', async () => {
      const unset = { code: 'connection_not_set', message: sentence('Нет подключения') };
      const backEnd = createBackEnd({
        'POST /previews': refused(invalid),
        'POST /exports': refused(unset),
        'PUT /settings': refused(invalid),
        'POST /connection/check': refused(unset),
      });
      const page = openPage(backEnd);
      for (const action of ['Рассчитать', 'Начать выгрузку', 'Сохранить настройки', 'Проверить подключение']) {
        await page.press(action);
        await waitFor(() => expect([action, alerts(page)]).toEqual([action, 1]));
        await page.fill('ID подключения', action);
        await waitFor(() => expect([action, alerts(page)]).toEqual([action, 0]));
        await page.press('Отменить изменения');
        await waitFor(() => expect(page.root.textContent).not.toContain('несохранённые'));
      }
    });

    test('is past when another action has succeeded', async () => {
      const backEnd = createBackEnd({
        'POST /previews': refused(invalid),
        'POST /exports': refused({ code: 'connection_not_set', message: sentence('Нет подключения') }),
        'PUT /settings': () => ({ version: 2, warnings: [] }),
      });
      const page = openPage(backEnd);
      await page.press('Рассчитать');
      await page.says('Исправьте отмеченные поля');
      await page.press('Начать выгрузку');
      await page.says('Нет подключения');
      expect(alerts(page)).toBe(2);
      await page.press('Сохранить настройки');
      await page.says('Настройки сохранены');
      await waitFor(() => expect(alerts(page)).toBe(0));
    });

    test('of a stale save is past when the new settings are loaded', async () => {
      const backEnd = createBackEnd({
        'PUT /settings': refused({ code: 'settings_stale', message: sentence('Настройки изменились') }),
      });
      const page = openPage(backEnd);
      await page.press('Сохранить настройки');
      await page.press('Загрузить новые, сохранив мои изменения');
      await page.says('Загружены новые настройки');
      await waitFor(() => expect(alerts(page)).toBe(0));
    });

    test.each([
      ['fields that are marked', 400, invalid, false],
      ['what is done by a button here', 409, { ...invalid, code: 'connection_not_set', problems: [] }, false],
      ['a setting that the page does not have', 400, { ...invalid, problems: [{ ...tooLong, field: 'settings.recordingHosts.0' }] }, true], // prettier-ignore
      ['a fault of the server', 500, { code: 'unexpected', message: sentence('…'), requestId: 'r-1' }, true],
      ['a server that is set up wrongly', 409, { ...invalid, code: 'amocrm_client_refused', problems: [] }, true],
    ])('about %s names the request for support: %#', async (_, httpStatus, error, isNamed) => {
      const page = openPage(
        createBackEnd({
          'PUT /settings': () => {
            throw refusal(httpStatus, error);
          },
        }),
      );
      await page.press('Сохранить настройки');
      const alert = await page.seen.findByRole('alert');
      expect(alert.textContent.includes('r-1')).toBe(isNamed);
    });
  });

  test('tells of a stale save and lays the typed changes over what somebody else saved', async () => {
    const theirs = savedSettings({ version: 5 });
    theirs.settings = { ...theirs.settings, direction: 'incoming', users: [2] };
    const backEnd = createBackEnd({
      'PUT /settings': () => {
        throw refusal(409, { code: 'settings_stale', message: sentence('Настройки изменились') });
      },
    });
    const page = openPage(backEnd);
    await page.fill('ID подключения', 'eag-mine');
    await page.press('Сохранить настройки');
    await page.says('их сохранил кто-то другой');
    backEnd.on('GET /settings', () => theirs);
    backEnd.on('PUT /settings', () => ({ version: 6, warnings: [] }));
    await page.press('Загрузить новые, сохранив мои изменения');
    await page.says('Загружены новые настройки');
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    expect(backEnd.sent('PUT /settings').at(-1)?.body).toEqual({
      version: 5,
      settings: theirs.settings,
      connection: { connectionId: 'eag-mine', language: 'ru-RU' },
    });
  });

  test('undoes unsaved changes', async () => {
    const page = openPage(createBackEnd());
    await page.fill('ID подключения', 'eag-typo');
    await page.press('Отменить изменения');
    await waitFor(() => expect(page.seen.getByLabelText('ID подключения')).toHaveProperty('value', 'eag1'));
  });

  test('fills ready periods on the calendar of the account, not of the browser', async () => {
    // In Moscow it is already the 23rd.
    const page = openPage(createBackEnd());
    const pressed = () =>
      [...page.root.querySelectorAll('[aria-pressed="true"]')].map(({ textContent }) => textContent);
    await page.press('Вчера');
    await waitFor(() => expect(page.seen.getByLabelText('С')).toHaveProperty('value', '22.11.2026'));
    await page.press('7 дней');
    await waitFor(() => expect(page.seen.getByLabelText('С')).toHaveProperty('value', '17.11.2026'));
    expect(page.seen.getByLabelText('По')).toHaveProperty('value', '23.11.2026');
    expect(pressed()).toEqual(['7 дней']);
    await page.press('Прошлый месяц');
    await waitFor(() => expect(page.seen.getByLabelText('С')).toHaveProperty('value', '01.10.2026'));
    expect(page.seen.getByLabelText('По')).toHaveProperty('value', '31.10.2026');
    expect(pressed()).toEqual(['Прошлый месяц']);
    await page.press('Всегда последние 7 дней');
    await waitFor(() => expect(pressed()).toEqual(['Всегда последние 7 дней']));
    await page.says('выгружаются последние семь дней');
  });
});

describe('a day', () => {
  test('is typed and shown in the language of the page, whatever the browser’s is', async () => {
    const backEnd = createBackEnd({ 'PUT /settings': () => ({ version: 2, warnings: [] }) });
    const page = openPage(backEnd);
    await page.fill('С', '5.11.26');
    fireEvent.blur(page.seen.getByLabelText('С'));
    await waitFor(() => expect(page.seen.getByLabelText('С')).toHaveProperty('value', '05.11.2026'));
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    expect(backEnd.sent('PUT /settings')[0]?.body).toHaveProperty('settings.period.from', '2026-11-05');
  });

  test('that is none is told so when the field is left, not while it is typed', async () => {
    const page = openPage(createBackEnd());
    await page.fill('По', '31.02.2026');
    expect(page.root.textContent).not.toContain('Введите день так');
    fireEvent.blur(page.seen.getByLabelText('По'));
    await page.says('Введите день так: 22.11.2026.');
    expect(page.seen.getByLabelText('По')).toHaveProperty('value', '31.02.2026');
  });
});

describe('the connection check', () => {
  test.each([
    ['speechsense_unauthenticated', 'API-ключ'],
    ['speechsense_connection_not_found', 'ID подключения'],
  ])('marks the field that is wrong: %s', async (code, label) => {
    const outcome = { ok: false, code, message: sentence('Не подходит'), requestId: 'r-1' };
    const page = openPage(createBackEnd({ 'POST /connection/check': () => outcome }));
    await page.press('Проверить подключение');
    await page.says('Не подходит');
    expect([...page.root.querySelectorAll('[aria-invalid="true"]')]).toEqual([page.seen.getByLabelText(label)]);
    await page.fill(label, 'another');
    await waitFor(() => expect(page.root.querySelectorAll('[aria-invalid="true"]')).toHaveLength(0));
  });

  test('that succeeds with values that are not saved says that they are not', async () => {
    const outcome = { ok: true, code: null, message: sentence('Работает.'), requestId: 'r-1' };
    const page = openPage(createBackEnd({ 'POST /connection/check': () => outcome }));
    await page.press('Проверить подключение');
    await page.says('Работает.');
    expect(page.root.textContent).not.toContain('ещё не сохранено');
    await page.fill('API-ключ', 'AQVNnew');
    await page.press('Проверить подключение');
    await page.says('Работает. Проверенное ещё не сохранено: сохраните настройки.');
  });

  test('asks with the unsaved values and shows the sentence of the outcome', async () => {
    const outcome = { ok: true, code: null, message: sentence('Успешный запрос к SpeechSense'), requestId: 'r-1' };
    const backEnd = createBackEnd({ 'POST /connection/check': () => outcome });
    const page = openPage(backEnd);
    await page.fill('ID подключения', 'eag3');
    await page.fill('API-ключ', 'AQVNnew');
    await page.press('Проверить подключение');
    await page.says('Успешный запрос к SpeechSense');
    expect(backEnd.sent('POST /connection/check')[0]?.body).toEqual({
      connectionId: 'eag3',
      language: 'ru-RU',
      apiKey: 'AQVNnew',
    });
    // What was true of other values is not shown beside new ones.
    await page.fill('ID подключения', 'eag4');
    await waitFor(() => expect(page.root.textContent).not.toContain('Успешный запрос'));
  });

  test('shows a refusal with the number to name to support', async () => {
    const message = sentence('SpeechSense не принимает API-ключ');
    const outcome = { ok: false, code: 'speechsense_unauthenticated', message, requestId: 'r-7' };
    const page = openPage(createBackEnd({ 'POST /connection/check': () => outcome }));
    await page.press('Проверить подключение');
    const alert = await page.seen.findByRole('alert');
    expect(alert.textContent).toContain('SpeechSense не принимает API-ключ');
    expect(alert.textContent).toContain('r-7');
  });

  test('lists the keys that the connection needs for the mapping on the page, ready to copy', async () => {
    const keys = [
      { key: 'operator_name', title: sentence('Оператор'), standard: true },
      { key: 'deal_price', title: sentence('Бюджет'), standard: false },
    ];
    const page = openPage(createBackEnd({ 'POST /connection/keys': () => ({ keys }) }));
    fireEvent.click(await page.seen.findByText('Составить список ключей'));
    await waitFor(() => {
      expect(page.root.querySelector('textarea')?.value).toBe(
        'operator_name — Оператор (есть сразу)\ndeal_price — Бюджет',
      );
    });
  });
});

describe('strings from outside', () => {
  test('stay text: names, field titles, warnings, sentences', async () => {
    const evil = '<img src=x onerror=window.hacked=1><b>жирный</b>';
    const warnings = [{ ru: evil, en: evil }];
    const backEnd = createBackEnd({
      'GET /settings': () =>
        savedSettings({ warnings, connection: { connectionId: evil, language: evil, apiKeyTail: evil } }),
      'GET /users': () => ({ users: [{ id: 1, name: evil, group: evil, active: true }] }),
      'POST /connection/check': () => ({ ok: false, code: null, message: { ru: evil, en: evil }, requestId: evil }),
    });
    const page = openPage(backEnd);
    await page.press('Проверить подключение');
    await page.seen.findByRole('alert');
    await page.seen.findByLabelText(evil);
    expect(page.root.querySelector('img')).toBeNull();
    expect(page.root.textContent).toContain(evil);
  });
});
