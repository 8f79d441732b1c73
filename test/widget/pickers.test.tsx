import './browser.ts';
import { describe, expect, test } from '@jest/globals';
import { fireEvent, waitFor, within } from '@testing-library/dom';
import { createBackEnd, field, refusal, savedSettings, user } from './back-end.ts';
import { openPage, withResolver } from './page.tsx';

const EMPTY = { deal: [], contact: [], company: [], call: [] };

describe('the list of users', () => {
  test('says that an empty choice means all', async () => {
    const page = openPage(createBackEnd());
    await page.says('Никто не выбран: выгружаются звонки всех пользователей');
    fireEvent.click(await page.seen.findByLabelText('Анна Смирнова'));
    await page.says('Выбран 1 пользователь');
    expect(page.root.textContent).not.toContain('Никто не выбран');
  });

  test('stays where it is when somebody is chosen: the choice is shown beneath it', async () => {
    const page = openPage(createBackEnd());
    const box = await page.seen.findByLabelText('Анна Смирнова');
    fireEvent.click(box);
    const chosen = await page.seen.findByText('Выбран 1 пользователь');
    expect(box.compareDocumentPosition(chosen)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  });

  const users = [
    user(1, 'Анна'),
    user(2, 'Борис', { active: false }),
    user(3, 'Вера', { group: 'Поддержка' }),
    user(4, 'Глеб', { group: null }),
  ];
  const withUsers = () =>
    createBackEnd({ 'GET /users': () => ({ users }), 'PUT /settings': () => ({ version: 2, warnings: [] }) });
  const saved = async (page: ReturnType<typeof openPage>, backEnd: ReturnType<typeof withUsers>) => {
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    const sent = backEnd.sent('PUT /settings').at(-1)?.body as { settings: { users: number[]; groups: string[] } };
    return { users: sent.settings.users, groups: sent.settings.groups };
  };

  test('finds by name and group, and marks deleted ones', async () => {
    const backEnd = withUsers();
    const page = openPage(backEnd);
    const deleted = await page.seen.findByText('Борис');
    expect(deleted.closest('.sse-checkbox')?.textContent).toContain('удалён');
    await page.fill('Найти пользователя', 'поддер');
    await waitFor(() => expect(page.seen.queryByLabelText('Анна')).toBeNull());
    fireEvent.click(page.seen.getByLabelText('Вера'));
    expect(await saved(page, backEnd)).toEqual({ users: [3], groups: [] });
  });

  test('a group is chosen as the group, with today’s number of its users, in place of each of them', async () => {
    const backEnd = withUsers();
    const page = openPage(backEnd);
    fireEvent.click(await page.seen.findByLabelText('Анна'));
    const group = page.seen.getByLabelText<HTMLInputElement>(/^Отдел продаж/);
    await waitFor(() => expect(group.indeterminate).toBe(true));
    fireEvent.click(group);
    await page.says('Выбрана 1 группа. Группа — это те, кто состоит в ней при запуске.');
    await page.says('Отдел продаж · 2');
    expect(page.seen.getByLabelText('Анна')).toHaveProperty('checked', true);
    expect(await saved(page, backEnd)).toEqual({ users: [], groups: ['Отдел продаж'] });
  });

  test('one user taken out of a chosen group leaves the others, each by itself, and the group partly chosen', async () => {
    const backEnd = withUsers();
    const page = openPage(backEnd);
    const group = await page.seen.findByLabelText<HTMLInputElement>(/^Отдел продаж/);
    fireEvent.click(group);
    await waitFor(() => expect(page.seen.getByLabelText('Анна')).toHaveProperty('checked', true));
    fireEvent.click(page.seen.getByLabelText('Анна'));
    await waitFor(() => expect(group.indeterminate).toBe(true));
    expect(await saved(page, backEnd)).toEqual({ users: [2], groups: [] });
  });

  test('a group that the account has no more is said at the list', async () => {
    const backEnd = withUsers();
    const problems = [{ field: 'settings.groups', message: { ru: 'нет такой группы', en: 'no such group' } }];
    backEnd.on('PUT /settings', () => {
      throw refusal(400, { code: 'settings_invalid', message: { ru: '…', en: '…' }, problems });
    });
    const page = openPage(backEnd);
    await page.press('Сохранить настройки');
    await page.says('нет такой группы');
  });

  test('keeps and shows a chosen user whom amoCRM lists no more', async () => {
    const saved = savedSettings();
    saved.settings.users = [99];
    const page = openPage(createBackEnd({ 'GET /settings': () => saved }));
    await page.says('Пользователь 99 (нет в amoCRM)');
  });

  test('of a thousand folds its groups, and opens each by hundreds, down to the last one without a search', async () => {
    const thousand = Array.from({ length: 1_000 }, (_, index) => user(index + 1, `Сотрудник ${index + 1}`));
    const page = openPage(createBackEnd({ 'GET /users': () => ({ users: thousand }) }));
    await page.says('1\u00a0000 сотрудников');
    const boxes = () => page.root.querySelectorAll('.sse-list input').length;
    expect(boxes()).toBe(1);
    await page.press('Сотрудники: Отдел продаж');
    await waitFor(() => expect(boxes()).toBe(101));
    for (let shown = 200; shown <= 1_000; shown += 100) {
      await page.press('Показать ещё 100');
      await waitFor(() => expect(boxes()).toBe(shown + 1));
    }
    expect(page.seen.queryByText(/Показать ещё/)).toBeNull();
    await page.fill('Найти пользователя', 'сотрудник 777');
    await page.seen.findByLabelText('Сотрудник 777');
    expect(boxes()).toBe(2);
  });
});

describe('the field mapping', () => {
  test('a field is found by typing, chosen by keyboard, and brings its suggested key', async () => {
    const backEnd = createBackEnd({ 'PUT /settings': () => ({ version: 2, warnings: [] }) });
    const page = openPage(backEnd);
    await page.press('Добавить поле: Сделка');
    await page.unfoldAll();
    const box = await page.seen.findByRole('combobox', { name: 'Сделка, строка 1: поле amoCRM' });
    fireEvent.input(box, { target: { value: 'источ' } });
    const list = within(await page.seen.findByRole('listbox', { name: 'Сделка, строка 1: поле amoCRM' }));
    expect((await list.findByRole('option', { name: /Источник/ })).textContent).toBe('Источник Сайт');
    expect(list.getAllByRole('option')).toHaveLength(1);
    fireEvent.keyDown(box, { key: 'Enter' });
    await waitFor(() => expect(box).toHaveProperty('value', 'Источник'));
    expect(page.seen.getByLabelText('Сделка, строка 1: ключ SpeechSense')).toHaveProperty('value', 'istochnik');
    await page.says('Например: Сайт');
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    expect(backEnd.sent('PUT /settings')[0]?.body).toHaveProperty('settings.mapping', {
      ...EMPTY,
      deal: [{ amocrm: 'cf_77', speechsense: 'istochnik' }],
    });
  });

  test('a saved line shows no bare name of a field while the titles are on their way', async () => {
    const saved = savedSettings();
    saved.settings.mapping = { ...EMPTY, deal: [{ amocrm: 'price', speechsense: 'cena' }] };
    const answer = withResolver<object>();
    const page = openPage(createBackEnd({ 'GET /settings': () => saved, 'GET /fields': () => answer.promise }));
    await page.unfoldAll();
    const box = await page.seen.findByRole('combobox', { name: 'Сделка, строка 1: поле amoCRM' });
    expect(box).toHaveProperty('value', '');
    expect(box).toHaveProperty('placeholder', 'Загрузка…');
    answer.resolve({ ...EMPTY, deal: [field('price', 'Бюджет', '15000', 'deal_price')] });
    await waitFor(() => expect(box).toHaveProperty('value', 'Бюджет'));
  });

  test('fields that could not be loaded are shown by their names, and none is called unknown', async () => {
    const saved = savedSettings();
    saved.settings.mapping = { ...EMPTY, deal: [{ amocrm: 'price', speechsense: 'cena' }] };
    const fields = () => {
      throw refusal(0);
    };
    const page = openPage(createBackEnd({ 'GET /settings': () => saved, 'GET /fields': fields }));
    await page.unfoldAll();
    const box = await page.seen.findByRole('combobox', { name: 'Сделка, строка 1: поле amoCRM' });
    await waitFor(() => expect(box).toHaveProperty('value', 'price'));
    expect(page.root.textContent).not.toContain('Такого поля в amoCRM больше нет');
  });

  test('draws fifty of five hundred fields, and only while the list is open', async () => {
    const deal = Array.from({ length: 500 }, (_, n) => field(`cf_${n}`, `Поле ${n}`, '', `pole_${n}`));
    const page = openPage(createBackEnd({ 'GET /fields': () => ({ ...EMPTY, deal }) }));
    await page.press('Добавить поле: Сделка');
    await page.unfoldAll();
    const box = await page.seen.findByRole('combobox', { name: 'Сделка, строка 1: поле amoCRM' });
    expect(page.root.querySelectorAll('[role="option"]')).toHaveLength(0);
    fireEvent.click(box);
    await page.says('Показаны первые 50 из 500');
    fireEvent.keyDown(box, { key: 'Escape' });
    await waitFor(() => expect(box.getAttribute('aria-expanded')).toBe('false'));
  });

  test('marks one choice, the one that the pointer or the keyboard was at last', async () => {
    const deal = [1, 2, 3].map((n) => field(`cf_${n}`, `Поле ${n}`, '', `pole_${n}`));
    const page = openPage(createBackEnd({ 'GET /fields': () => ({ ...EMPTY, deal }) }));
    await page.press('Добавить поле: Сделка');
    await page.unfoldAll();
    const box = await page.seen.findByRole('combobox', { name: 'Сделка, строка 1: поле amoCRM' });
    fireEvent.click(box);
    fireEvent.mouseMove(await page.seen.findByRole('option', { name: 'Поле 2' }));
    const list = within(page.seen.getByRole('listbox', { name: 'Сделка, строка 1: поле amoCRM' }));
    const marked = () => list.getAllByRole('option', { selected: true }).map(({ textContent }) => textContent.trim());
    await waitFor(() => expect(marked()).toEqual(['Поле 2']));
    fireEvent.keyDown(box, { key: 'ArrowDown' });
    await waitFor(() => expect(marked()).toEqual(['Поле 3']));
  });

  test('marks duplicates, reserved and malformed keys, and fields that amoCRM has no more', async () => {
    const saved = savedSettings();
    saved.settings.mapping = {
      ...EMPTY,
      deal: [
        { amocrm: 'price', speechsense: 'twice' },
        { amocrm: 'cf_gone', speechsense: 'цена' },
      ],
      call: [
        { amocrm: 'duration', speechsense: 'twice' },
        { amocrm: 'duration', speechsense: 'call_id' },
      ],
    };
    const page = openPage(createBackEnd({ 'GET /settings': () => saved }));
    await page.says('Такого поля в amoCRM больше нет');
    await page.says('Ключ состоит из латинских букв');
    await page.says('Этот ключ выгрузка заполняет сама');
    for (const name of ['Сделка, строка 1: ключ SpeechSense', 'Звонок, строка 1: ключ SpeechSense']) {
      const input = page.seen.getByLabelText(name);
      const described = document.getElementById(input.getAttribute('aria-describedby') ?? '');
      expect(described?.textContent).toBe('Этот ключ уже есть в другой строке.');
    }
  });

  test('goes out as a file and comes in from one; another file is refused', async () => {
    const page = openPage(createBackEnd());
    await page.block('Соответствие полей');
    const input = page.root.querySelector('input[type="file"]');
    if (!input) throw new Error('there is no place for a file');
    const choose = (content: string) => {
      Object.defineProperty(input, 'files', { value: [{ text: () => Promise.resolve(content) }], configurable: true });
      fireEvent.change(input);
    };
    choose('{"mapping":{"deal":[{"amocrm":"price","speechsense":"cena"}]}}');
    await page.says('Загружена 1 строка');
    await waitFor(() => {
      expect(page.seen.getByLabelText('Сделка, строка 1: ключ SpeechSense')).toHaveProperty('value', 'cena');
    });
    choose('{"mapping":{"deal":[{"amocrm":5}]}}');
    await page.says('Это не файл соответствия полей');
    expect(page.seen.getByLabelText('Сделка, строка 1: ключ SpeechSense')).toHaveProperty('value', 'cena');
  });

  test('a new line gets the focus; a removed one gives it to the button that adds one', async () => {
    const page = openPage(createBackEnd());
    await page.press('Добавить поле: Контакт');
    await page.press('Добавить поле: Контакт');
    const second = await page.seen.findByRole('combobox', { name: 'Контакт, строка 2: поле amoCRM' });
    await waitFor(() => expect(document.activeElement === second).toBe(true));
    await page.press('Удалить строку 2: Контакт');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Добавить поле: Контакт'));
  });

  test('a key in Russian letters offers itself in Latin ones, free of other lines’ keys', async () => {
    const saved = savedSettings();
    saved.settings.mapping = { ...EMPTY, deal: [{ amocrm: 'price', speechsense: 'tsena' }] };
    const page = openPage(createBackEnd({ 'GET /settings': () => saved }));
    await page.press('Добавить поле: Сделка');
    await page.fill('Сделка, строка 2: ключ SpeechSense', 'цена');
    await page.press('Заменить на tsena_2');
    await waitFor(() => {
      expect(page.seen.getByLabelText('Сделка, строка 2: ключ SpeechSense')).toHaveProperty('value', 'tsena_2');
    });
    expect(page.seen.queryByText(/Заменить на/)).toBeNull();
  });

  test('a line is removed; one in which nothing was filled in is named on saving, not dropped in silence', async () => {
    const saved = savedSettings();
    saved.settings.mapping = { ...EMPTY, contact: [{ amocrm: 'phone', speechsense: 'contact_phone' }] };
    const backEnd = createBackEnd({
      'GET /settings': () => saved,
      'PUT /settings': () => ({ version: 2, warnings: [] }),
    });
    const page = openPage(backEnd);
    await page.press('Добавить поле: Контакт');
    await page.press('Удалить строку 1: Контакт');
    await page.press('Сохранить настройки');
    await page.says('Строка не заполнена: выберите поле или удалите её.');
    expect(backEnd.sent('PUT /settings')).toHaveLength(0);
    const empty = page.seen.getByRole('combobox', { name: 'Контакт, строка 1: поле amoCRM' });
    await waitFor(() => expect(document.activeElement === empty).toBe(true));
    await page.press('Удалить строку 1: Контакт');
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    expect(backEnd.sent('PUT /settings')[0]?.body).toHaveProperty('settings.mapping', EMPTY);
  });
});
