import './browser.ts';
import { describe, expect, test } from '@jest/globals';
import { fireEvent, waitFor } from '@testing-library/dom';
import { doneCalls as doneCallsOfCli } from '../../client/exports/status.ts';
import type { ExportStatus } from '../../widget/page/api/types.ts';
import { doneCalls } from '../../widget/page/export/running.ts';
import { createBackEnd, exportStatus, refusal, savedSettings, status } from './back-end.ts';
import { openPage, withResolver } from './page.tsx';

const sentence = (ru: string) => ({ ru, en: `en ${ru}` });

/** A back end whose export is what the test says it is. */
function withExport(first: ExportStatus | null) {
  const state = { export: first };
  const backEnd = createBackEnd({
    'GET /status': () => status({ export: state.export }),
    'GET /exports/e-1/calls': () => ({ calls: [], next: null }),
  });
  return { backEnd, state };
}

describe('starting', () => {
  test('a double click is one request with one key', async () => {
    const { backEnd, state } = withExport(null);
    const answer = withResolver<{ exportId: string }>();
    backEnd.on('POST /exports', () => answer.promise);
    const page = openPage(backEnd);
    const button = await page.seen.findByRole('button', { name: 'Начать выгрузку' });
    fireEvent.click(button);
    fireEvent.click(button);
    state.export = exportStatus();
    answer.resolve({ exportId: 'e-1' });
    await page.seen.findByRole('button', { name: 'Остановить выгрузку' });
    const sent = backEnd.sent('POST /exports');
    expect(sent).toHaveLength(1);
    expect(sent[0]?.idempotencyKey).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('a try whose answer was lost is repeated with the same key, a refused one with a new key', async () => {
    const { backEnd, state } = withExport(null);
    const failures = [refusal(0), refusal(422, { code: 'connection_not_set', message: sentence('Нет подключения') })];
    backEnd.on('POST /exports', () => {
      const failure = failures.shift();
      if (failure) throw failure;
      state.export = exportStatus();
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.press('Начать выгрузку');
    await page.says('Сервер выгрузки не отвечает');
    await page.press('Повторить');
    await page.says('Нет подключения');
    await page.press('Начать выгрузку');
    await page.seen.findByRole('button', { name: 'Остановить выгрузку' });
    const keys = backEnd.sent('POST /exports').map(({ idempotencyKey }) => idempotencyKey);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[1]);
  });

  test('with unsaved changes it asks which settings are meant', async () => {
    const { backEnd, state } = withExport(null);
    backEnd.on('PUT /settings', () => ({ version: 2, warnings: [] }));
    backEnd.on('POST /exports', () => {
      state.export = exportStatus();
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.fill('ID подключения', 'eag2');
    await page.press('Начать выгрузку');
    const question = await page.seen.findByRole('alertdialog');
    expect(question.textContent).toContain('С какими настройками начать?');
    expect(backEnd.sent('POST /exports')).toHaveLength(0);
    await page.press('Сохранить и начать');
    await page.seen.findByRole('button', { name: 'Остановить выгрузку' });
    expect(backEnd.requests.map(({ route }) => route).filter((route) => !route.startsWith('GET'))).toEqual([
      'PUT /settings',
      'POST /exports',
    ]);
  });

  test('nothing starts when saving before it fails', async () => {
    const { backEnd } = withExport(null);
    backEnd.on('PUT /settings', () => {
      throw refusal(409, { code: 'settings_stale', message: sentence('…') });
    });
    const page = openPage(backEnd);
    await page.fill('ID подключения', 'eag2');
    await page.press('Начать выгрузку');
    await page.press('Сохранить и начать');
    await page.says('их сохранил кто-то другой');
    expect(backEnd.sent('POST /exports')).toHaveLength(0);
  });

  test('an export that somebody else runs is said and shown', async () => {
    const { backEnd, state } = withExport(null);
    backEnd.on('POST /exports', () => {
      state.export = exportStatus();
      throw refusal(409, { code: 'export_already_running', message: sentence('Выгрузка уже идёт') });
    });
    const page = openPage(backEnd);
    await page.press('Начать выгрузку');
    await page.says('Выгрузка уже идёт');
    await page.says('Отправляем записи');
  });
});

describe('a start', () => {
  const counted = {
    state: 'completed',
    error: null,
    calls: { found: 120, planned: 100, skipped: {}, failed: 0, waiting: 0, unconfirmed: 0 },
    talkSeconds: { planned: 36_000 },
    estimate: null,
    warnings: [],
  };

  test('is shown at the press: what was counted and said before it is gone, and so is Start', async () => {
    const { backEnd, state } = withExport(exportStatus({ state: 'completed', finishedAt: '2026-11-22T09:10:00.000Z' }));
    const answer = withResolver<{ exportId: string }>();
    backEnd.on('PUT /settings', () => ({ version: 2, warnings: [] }));
    backEnd.on('POST /previews', () => ({ exportId: 'p-1' }));
    backEnd.on('GET /previews/p-1', () => counted);
    backEnd.on('POST /exports', () => answer.promise);
    const page = openPage(backEnd);
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены.');
    await page.press('Рассчитать');
    await page.says('Будет отправлено100');
    await page.press('Начать выгрузку');
    await page.says('Запускаем выгрузку…');
    expect(page.root.textContent).not.toContain('Настройки сохранены.');
    expect(page.root.textContent).not.toContain('Будет отправлено');
    expect(page.seen.queryByRole('button', { name: 'Начать выгрузку' })).toBeNull();
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Выгрузка'));
    state.export = exportStatus({ exportId: 'e-2', state: 'planning' });
    answer.resolve({ exportId: 'e-2' });
    await page.says('Ищем звонки');
    expect(page.root.textContent).not.toContain('Запускаем выгрузку…');
  });

  test('whose preview is still on its way shows no result of it afterwards', async () => {
    const { backEnd, state } = withExport(null);
    const late = withResolver<object>();
    backEnd.on('POST /previews', () => ({ exportId: 'p-1' }));
    backEnd.on('GET /previews/p-1', () => late.promise);
    backEnd.on('POST /exports', () => {
      state.export = exportStatus();
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.press('Рассчитать');
    await page.press('Начать выгрузку');
    await page.says('Отправляем записи');
    late.resolve(counted);
    await waitFor(() => expect(page.root.textContent).not.toContain('Считаем звонки'));
    expect(page.root.textContent).not.toContain('Будет отправлено');
  });

  test('that is refused leaves the last export as it was', async () => {
    const { backEnd } = withExport(exportStatus({ state: 'stopped', finishedAt: '2026-11-22T09:10:00.000Z' }));
    backEnd.on('POST /exports', () => {
      throw refusal(422, { code: 'connection_not_set', message: sentence('Нет подключения') });
    });
    const page = openPage(backEnd);
    await page.press('Начать выгрузку');
    await page.says('Нет подключения');
    await page.says('Остановлена · 50 %');
    expect(page.root.textContent).not.toContain('Запускаем');
  });
});

describe('a re-export', () => {
  const on = savedSettings();
  on.settings.reExport = true;

  test('asks before it sends again what is there, and is off again after its start', async () => {
    const { backEnd, state } = withExport(null);
    const stored = { settings: on };
    backEnd.on('GET /settings', () => stored.settings);
    backEnd.on('GET /re-export', () => ({ calls: 256 }));
    backEnd.on('POST /exports', () => {
      stored.settings = savedSettings({ version: 2 });
      state.export = exportStatus();
      backEnd.on('GET /status', () => status({ export: state.export, settingsVersion: 2 }));
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.press('Начать выгрузку');
    const question = await page.seen.findByRole('alertdialog');
    expect(question.textContent).toContain('Отправить повторно 256 звонков? Yandex Cloud возьмёт плату ещё раз.');
    expect(backEnd.sent('POST /exports')).toHaveLength(0);
    await page.press('Отмена');
    await page.press('Начать выгрузку');
    await page.press('Да, отправить повторно');
    await page.says('Отправляем записи');
    await waitFor(() => {
      expect(page.seen.getByLabelText('Отправить звонки повторно')).toHaveProperty('checked', false);
    });
    expect(backEnd.sent('POST /exports')).toHaveLength(1);
    expect(page.root.textContent).not.toContain('несохранённые');
  });

  test('of nothing that is there is not asked about', async () => {
    const { backEnd, state } = withExport(null);
    backEnd.on('GET /settings', () => on);
    backEnd.on('POST /exports', () => {
      state.export = exportStatus();
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.press('Начать выгрузку');
    await page.says('Отправляем записи');
  });

  test('that is just ticked is saved, asked about, and only then started', async () => {
    const { backEnd } = withExport(null);
    backEnd.on('PUT /settings', () => ({ version: 2, warnings: [] }));
    backEnd.on('GET /re-export', () => ({ calls: 1 }));
    const page = openPage(backEnd);
    fireEvent.click(await page.seen.findByLabelText('Отправить звонки повторно'));
    await page.press('Начать выгрузку');
    await page.press('Сохранить и начать');
    await page.says('Отправить повторно 1 звонок?');
    expect(backEnd.sent('POST /exports')).toHaveLength(0);
  });

  test('that was stopped says what the next start does: not the rest of it', async () => {
    const stopped = exportStatus({ state: 'stopped', reExport: true, finishedAt: '2026-11-22T09:10:00.000Z' });
    const page = openPage(withExport(stopped).backEnd);
    await page.says('«Начать выгрузку» отправит только звонки, которых в подключении ещё нет');
    expect(page.root.textContent).not.toContain('продолжит с остатка');
  });
});

describe('the page’s main thing to do', () => {
  const primary = (page: ReturnType<typeof openPage>) =>
    [...page.root.querySelectorAll('.sse-button_primary')].map(({ textContent }) => textContent);
  const over = { state: 'completed', finishedAt: '2026-11-22T09:10:00.000Z' } as const;
  const blocked = { state: 'blocked', blockedMessage: sentence('Сделайте что-нибудь.'), etaSeconds: null } as const;

  test.each([
    ['to calculate, before the first export', null, 'active', 'Рассчитать'],
    ['to start, after an export', exportStatus(over), 'active', 'Начать выгрузку'],
    ['nothing, while one runs', exportStatus(), 'active', undefined],
    ['to go to the connection, where the key is refused', exportStatus({ ...blocked, blockedBy: 'speechsense_unauthenticated' }), 'active', 'Перейти к подключению'], // prettier-ignore
    ['to connect, where amoCRM refuses', exportStatus({ ...blocked, blockedBy: 'amocrm_grant_lost' }), 'reauth_required', 'Подключить'], // prettier-ignore
    ['to go on, where a person has mended it elsewhere', exportStatus({ ...blocked, blockedBy: 'ledger_failed_over' }), 'active', 'Продолжить выгрузку'], // prettier-ignore
    ['to connect, where the access is gone', exportStatus(over), 'reauth_required', 'Подключить'],
  ] as const)('is %s: one button', async (_, current, accountState, name) => {
    const account = { ...status().account, state: accountState };
    const backEnd = createBackEnd({
      'GET /status': () => status({ export: current, account }),
      'GET /exports/e-1/calls': () => ({ calls: [], next: null }),
    });
    const page = openPage(backEnd);
    await page.block('История');
    expect(primary(page)).toEqual(name === undefined ? [] : [name]);
  });

  test('is to save what was changed', async () => {
    const page = openPage(withExport(exportStatus(over)).backEnd);
    await page.fill('ID подключения', 'eag2');
    await waitFor(() => expect(primary(page)).toEqual(['Сохранить настройки']));
  });

  test('of a refused key is to save the new one and go on, in one press', async () => {
    const { backEnd, state } = withExport(exportStatus({ ...blocked, blockedBy: 'speechsense_unauthenticated' }));
    backEnd.on('PUT /settings', () => ({ version: 2, warnings: [] }));
    backEnd.on('POST /exports/e-1/resume', () => {
      state.export = exportStatus();
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.fill('API-ключ', 'AQVNnew');
    await waitFor(() => expect(primary(page)).toEqual(['Сохранить и продолжить выгрузку']));
    await page.press('Сохранить и продолжить выгрузку');
    await page.says('Отправляем записи');
    expect(backEnd.sent('PUT /settings')).toHaveLength(1);
    expect(backEnd.sent('POST /exports/e-1/resume')).toHaveLength(1);
  });
});

describe('the last good run', () => {
  test('is told beside one that did not come to its end', async () => {
    const lastCompleted = {
      exportId: 'e-0',
      period: { from: '2026-11-01', to: '2026-11-21' },
      finishedAt: '2026-11-21T09:10:00.000Z',
      exported: 256,
    };
    const stopped = exportStatus({ state: 'stopped', finishedAt: '2026-11-22T09:10:00.000Z' });
    const page = openPage(createBackEnd({ 'GET /status': () => status({ export: stopped, lastCompleted }) }));
    await page.says('Последняя завершённая: 01.11.2026 – 21.11.2026, отправлено 256, закончилась 21.11.2026, 12:10.');
  });
});

describe('stopping', () => {
  test('asks once, in the page, with the focus in the question; Escape is no', async () => {
    const { backEnd, state } = withExport(exportStatus());
    backEnd.on('POST /exports/e-1/stop', () => {
      state.export = exportStatus({ state: 'stopping' });
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.press('Остановить выгрузку');
    const question = await page.seen.findByRole('alertdialog');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Да, остановить'));
    fireEvent.keyDown(question, { key: 'Escape' });
    await waitFor(() => expect(page.seen.queryByRole('alertdialog')).toBeNull());
    expect(backEnd.sent('POST /exports/e-1/stop')).toHaveLength(0);
    await page.press('Остановить выгрузку');
    await page.press('Да, остановить');
    await page.says('Останавливается');
    await waitFor(() => expect(backEnd.sent('POST /exports/e-1/stop')[0]?.idempotencyKey).toBeDefined());
    expect(page.seen.queryByRole('button', { name: 'Остановить выгрузку' })).toBeNull();
  });

  test('shows at once that it stops, also while the server still tells the old state, until it is over', async () => {
    const { backEnd, state } = withExport(exportStatus());
    const answer = withResolver<{ exportId: string }>();
    backEnd.on('POST /exports/e-1/stop', () => answer.promise);
    const page = openPage(backEnd);
    await page.press('Остановить выгрузку');
    await page.press('Да, остановить');
    await page.says('Останавливается');
    answer.resolve({ exportId: 'e-1' });
    await waitFor(() => expect(backEnd.sent('GET /status')).toHaveLength(2));
    await page.says('Останавливается');
    state.export = exportStatus({ state: 'stopped', finishedAt: '2026-11-22T09:10:00.000Z' });
    page.time.pass();
    await page.says('Остановлена');
  });

  test('that the server refuses leaves the state as it was', async () => {
    const { backEnd } = withExport(exportStatus());
    backEnd.on('POST /exports/e-1/stop', () => {
      throw refusal(503, { code: 'temporal_unreachable', message: sentence('Temporal не отвечает') });
    });
    const page = openPage(backEnd);
    await page.press('Остановить выгрузку');
    await page.press('Да, остановить');
    await page.says('Temporal не отвечает');
    await page.says('Отправляем записи');
    await page.seen.findByRole('button', { name: 'Остановить выгрузку' });
  });
});

describe('progress', () => {
  test('says phase, share, calls, hours, speed, time left and counts by state', async () => {
    const { backEnd } = withExport(exportStatus());
    const page = openPage(backEnd);
    const bar = await page.seen.findByRole('progressbar', { name: 'Обработано звонков' });
    expect(bar.getAttribute('aria-valuenow')).toBe('50');
    const said = (await page.block('Выгрузка')).getByRole('progressbar').closest('section')?.textContent ?? '';
    expect(said).toContain('Отправляем записи · 50 %');
    expect(said).toContain('50 из 100');
    expect(said).toContain('2 ч 0 мин из 10 ч 0 мин');
    expect(said).toContain('10 зв./мин');
    expect(said).toContain('Осталось времени5 мин');
    expect(said).toContain('Пропущено20');
    expect(said).toContain('записи больше нет по ссылке: 10');
  });

  test('draws what became of the calls to scale, and says it in words beside the picture', async () => {
    const page = openPage(withExport(exportStatus()).backEnd);
    await page.says('Найдено 120 → Отправлено 40 Не отправлено 10 Осталось 50 Пропущено 20');
    const [bar] = (await page.block('Выгрузка')).getAllByRole('figure');
    const widths = [...(bar?.querySelectorAll(':scope > svg rect') ?? [])].map((part) =>
      Number(part.getAttribute('width')),
    );
    expect(widths.map(Math.round)).toEqual([333, 83, 417, 167]);
    expect(widths.reduce((total, width) => total + width, 0)).toBeCloseTo(1_000);
  });

  test('counts as processed all that this export is through with, as the command line does', async () => {
    const calls = {
      ...exportStatus().calls,
      found: 42,
      planned: 22,
      exported: 18,
      failed: 1,
      waiting: 2,
      unconfirmed: 1,
    };
    const { backEnd, state } = withExport(exportStatus({ state: 'settling', calls: { ...calls, remaining: 0 } }));
    const page = openPage(backEnd);
    await page.says('22 из 22');
    state.export = exportStatus({ calls: { ...calls, exported: 10, remaining: 8 } });
    await waitFor(() => expect(page.time.isSet()).toBe(true));
    page.time.pass();
    await page.says('14 из 22');
    for (const remaining of [0, 8, 22]) {
      const seen = { calls: { ...calls, remaining } };
      expect(doneCalls(seen)).toBe(doneCallsOfCli(seen));
    }
  });

  test('claims no plan before there is one, also when it is held up or stopped meanwhile', async () => {
    const { calls } = exportStatus();
    const nothing = { planned: 0, exported: 0, failed: 0, remaining: 0, skipped: {} };
    const cases = [0, 1_500].flatMap((found) =>
      (['planning', 'blocked', 'stopped'] as const).map((state) => ({ state, found })),
    );
    for (const { state, found } of cases) {
      const page = openPage(withExport(exportStatus({ state, calls: { ...calls, ...nothing, found } })).backEnd);
      const counts = (await page.block('Выгрузка')).getByLabelText('Звонки по состояниям').textContent;
      expect([state, counts]).toEqual([
        state,
        expect.stringMatching(/^Найдено(0|1.500)К отправке—.*Осталось—Пропущено—$/),
      ]);
      await page.says('Обработано звонков—');
    }
    const page = openPage(withExport(exportStatus({ state: 'blocked' })).backEnd);
    await page.says('К отправке100');
    await page.says('Пропущено20');
  });

  test('a stopped export says how it goes on', async () => {
    const { backEnd } = withExport(exportStatus({ state: 'stopped', finishedAt: '2026-11-22T09:10:00.000Z' }));
    const page = openPage(backEnd);
    await page.says('Остановлена · 50 %');
    await page.says('«Начать выгрузку» продолжит с остатка');
  });

  test('a stopped retry says where the rest is retried', async () => {
    const { backEnd } = withExport(exportStatus({ kind: 'retry', state: 'stopped' }));
    const page = openPage(backEnd);
    await page.says('Остальное отправит «Повторить неудачные» в истории');
    expect(page.root.textContent).not.toContain('продолжит с остатка');
  });

  test('says that it looks for lost answers when nothing else is left to do, and not before', async () => {
    const { calls } = exportStatus();
    const { backEnd, state } = withExport(
      exportStatus({ state: 'settling', calls: { ...calls, unconfirmed: 3, remaining: 2 } }),
    );
    const page = openPage(backEnd);
    await page.says('Завершаем выгрузку');
    expect(page.root.textContent).not.toContain('ответ на которые потерян');
    await waitFor(() => expect(page.time.isSet()).toBe(true));
    state.export = exportStatus({ state: 'settling', calls: { ...calls, unconfirmed: 3, remaining: 0 } });
    page.time.pass();
    await page.says('загрузки, ответ на которые потерян: 3.');
  });

  test('is asked for every 5 seconds by one timer while an export runs, and no more when it is over', async () => {
    const { backEnd, state } = withExport(exportStatus());
    const page = openPage(backEnd);
    await page.says('Отправляем записи');
    await waitFor(() => expect(page.time.isSet()).toBe(true));
    state.export = exportStatus({ state: 'completed', finishedAt: '2026-11-22T09:10:00.000Z' });
    page.time.pass();
    await page.says('Завершена');
    await waitFor(() => expect(page.time.isSet()).toBe(false));
    expect(page.time.delays.every((delayMs) => delayMs >= 5_000)).toBe(true);
    expect(backEnd.sent('GET /status')).toHaveLength(2);
  });

  test('the bar never goes back', async () => {
    const { backEnd, state } = withExport(exportStatus());
    const page = openPage(backEnd);
    const bar = await page.seen.findByRole('progressbar');
    const { calls } = exportStatus();
    state.export = exportStatus({ calls: { ...calls, exported: 20, remaining: 70 } });
    await waitFor(() => expect(page.time.isSet()).toBe(true));
    page.time.pass();
    await page.says('30 из 100');
    expect(bar.getAttribute('aria-valuenow')).toBe('50');
  });

  test('a lost network is said, the last known state stays, and it recovers by itself, asking less and less often', async () => {
    const { backEnd, state } = withExport(exportStatus());
    const page = openPage(backEnd);
    await page.says('50 из 100');
    await waitFor(() => expect(page.time.isSet()).toBe(true));
    backEnd.on('GET /status', () => {
      throw refusal(0);
    });
    page.time.pass();
    await page.says('Нет связи с сервером');
    await page.says('50 из 100');
    await waitFor(() => expect(page.time.delays.at(-1)).toBe(10_000));
    const { calls } = exportStatus();
    state.export = exportStatus({ calls: { ...calls, exported: 60, remaining: 30 } });
    backEnd.on('GET /status', () => status({ export: state.export }));
    page.time.pass();
    await page.says('70 из 100');
    expect(page.root.textContent).not.toContain('Нет связи с сервером');
    await waitFor(() => expect(page.time.delays.at(-1)).toBe(5_000));
  });

  test('names the keys that the connection lacks', async () => {
    const page = openPage(withExport(exportStatus({ droppedKeys: ['deal_price', 'istochnik'] })).backEnd);
    await page.says('SpeechSense отбрасывает их значения: deal_price, istochnik');
  });

  test('an export that is held up says by what, as long as it runs', async () => {
    const { backEnd, state } = withExport(exportStatus({ troubleMessage: sentence('amoCRM не отвечает.') }));
    const page = openPage(backEnd);
    await page.says('Выгрузка задерживается и пробует снова сама. amoCRM не отвечает.');
    state.export = exportStatus({ state: 'completed', troubleMessage: sentence('amoCRM не отвечает.') });
    page.time.pass();
    await waitFor(() => expect(page.root.textContent).not.toContain('задерживается'));
  });

  test('a blocked export says what to do, leads to the key, and is resumed', async () => {
    const { backEnd, state } = withExport(
      exportStatus({
        state: 'blocked',
        blockedBy: 'speechsense_unauthenticated',
        blockedMessage: sentence('SpeechSense не принимает API-ключ. Сохраните новый.'),
        etaSeconds: null,
      }),
    );
    backEnd.on('POST /exports/e-1/resume', () => {
      state.export = exportStatus();
      return { exportId: 'e-1' };
    });
    const page = openPage(backEnd);
    await page.says('SpeechSense не принимает API-ключ. Сохраните новый.');
    await page.press('Перейти к подключению');
    await waitFor(() => expect(document.activeElement === page.seen.getByLabelText('ID подключения')).toBe(true));
    await page.press('Продолжить выгрузку');
    await page.says('Отправляем записи');
    expect(backEnd.sent('POST /exports/e-1/resume')[0]?.idempotencyKey).toBeDefined();
  });
});

test('an export that an error has ended says which', async () => {
  const ended = { state: 'failed', blockedBy: 'internal_error', blockedMessage: sentence('Сломалось.') } as const;
  const page = openPage(withExport(exportStatus(ended)).backEnd);
  await page.says('Прервана ошибкой');
  await page.says('Сломалось.');
});

describe('a blocked export', () => {
  const blockedBy = (code: string, blockedMessage: ExportStatus['blockedMessage']) =>
    withExport(exportStatus({ state: 'blocked', blockedBy: code, blockedMessage, etaSeconds: null })).backEnd;

  test('whose cause the page has never heard of says what the server says, in the page’s language', async () => {
    const page = openPage(blockedBy('from_the_future', sentence('Спутник упал. Поднимите его.')), { locale: 'en' });
    await page.says('en Спутник упал. Поднимите его.');
    expect(page.root.textContent).not.toContain('from_the_future');
  });

  test('whose cause nobody can name gives its code to whoever can', async () => {
    const page = openPage(blockedBy('from_the_future', null));
    await page.says('Нужно вмешательство (from_the_future)');
  });

  test('that lacks rights in amoCRM is connected again beside what it says', async () => {
    const backEnd = blockedBy('amocrm_forbidden', sentence('Подключите аккаунт от имени администратора.'));
    backEnd.on('POST /consent', () => ({ consentUrl: 'https://www.amocrm.ru/oauth?state=s' }));
    const page = openPage(backEnd);
    await page.press('Подключить');
    await page.seen.findByRole('link', { name: 'Открыть страницу согласия' });
    const before = backEnd.sent('GET /status').length;
    await page.press('Готово, проверить');
    await waitFor(() => expect(backEnd.sent('GET /status').length).toBe(before + 1));
  });
});

describe('the preview', () => {
  const counted = {
    state: 'completed',
    error: null,
    calls: { found: 120, planned: 100, skipped: { too_short: 20 }, failed: 0, waiting: 0, unconfirmed: 0 },
    talkSeconds: { planned: 36_000 },
    estimate: { requests: 12, seconds: 90, roubles: null },
    warnings: [],
  };

  test('counts with the unsaved form: calls, hours, what is skipped and why, and why there are no roubles', async () => {
    let asked = 0;
    const backEnd = createBackEnd({
      'POST /previews': () => ({ exportId: 'p-1' }),
      'GET /previews/p-1': () => (asked++ === 0 ? { ...counted, state: 'planning' } : counted),
    });
    const page = openPage(backEnd);
    await page.fill('Минимальная длительность разговора, секунд', '30');
    await page.press('Рассчитать');
    await page.says('Считаем звонки');
    await waitFor(() => expect(page.time.isSet()).toBe(true));
    page.time.pass();
    await page.says('Будет отправлено100');
    await page.says('10 ч 0 мин');
    await page.says('короче минимума: 20');
    await page.says('Стоимость не посчитана: введите цену минуты');
    expect(backEnd.sent('POST /previews')[0]?.body).toHaveProperty('settings.talkSeconds', { min: 30, max: 0 });
    await waitFor(() => expect(page.time.isSet()).toBe(false));
    await page.fill('Минимальная длительность разговора, секунд', '40');
    await page.says('Настройки изменены после расчёта');
  });

  test('takes the price of a minute where it is missed, and saves it with its day', async () => {
    const backEnd = createBackEnd({
      'POST /previews': () => ({ exportId: 'p-1' }),
      'GET /previews/p-1': () => counted,
      'PUT /settings': () => ({ version: 2, warnings: [] }),
    });
    const page = openPage(backEnd);
    await page.press('Рассчитать');
    await page.says('Стоимость—');
    await page.fill('Цена минуты разговора, ₽', '3,2');
    await page.says('Стоимость≈ 1\u00a0920 ₽');
    await page.says('Введена 23.11.2026');
    expect(page.root.textContent).not.toContain('Настройки изменены после расчёта');
    await page.press('Сохранить настройки');
    await page.says('Настройки сохранены');
    const price = { roublesPerMinute: 3.2, date: '2026-11-23' };
    expect(backEnd.sent('PUT /settings')[0]?.body).toHaveProperty('settings.price', price);
  });

  test('puts what is wrong at the fields', async () => {
    const problems = [{ field: 'settings.talkSeconds.min', message: sentence('Минимум больше максимума') }];
    const backEnd = createBackEnd({
      'POST /previews': () => {
        throw refusal(400, { code: 'settings_invalid', message: sentence('…'), problems });
      },
    });
    const page = openPage(backEnd);
    await page.press('Рассчитать');
    await page.says('Минимум больше максимума');
  });
});

describe('access to amoCRM', () => {
  test('a lost installation is healed by «Подключить»', async () => {
    const account = { ...status().account, state: 'not_connected' as const };
    const backEnd = createBackEnd({
      'GET /status': () => status({ account }),
      'POST /consent': () => ({ consentUrl: 'https://www.amocrm.ru/oauth?state=s' }),
    });
    const page = openPage(backEnd);
    await page.press('Подключить');
    const link = await page.seen.findByRole('link', { name: 'Открыть страницу согласия' });
    expect(link.getAttribute('href')).toBe('https://www.amocrm.ru/oauth?state=s');
    backEnd.on('GET /status', () => status());
    await page.press('Готово, проверить');
    await page.block('Подключение');
  });

  test('a script in place of the address of consent leads nowhere', async () => {
    const account = { ...status().account, state: 'not_connected' as const };
    const backEnd = createBackEnd({
      'GET /status': () => status({ account }),
      'POST /consent': () => ({ consentUrl: 'javascript:alert(1)' }),
    });
    const page = openPage(backEnd);
    await page.press('Подключить');
    await waitFor(() => expect(backEnd.sent('POST /consent')).toHaveLength(1));
    expect(page.root.querySelector('a')).toBeNull();
  });

  test('a page that the back end does not answer says so and comes back at a press', async () => {
    const backEnd = createBackEnd({
      'GET /status': () => {
        throw refusal(0);
      },
    });
    const page = openPage(backEnd);
    await page.says('Сервер выгрузки не отвечает');
    backEnd.on('GET /status', () => status());
    await page.press('Повторить');
    await page.block('Подключение');
  });

  test('somebody who is no administrator reads why nothing is shown', async () => {
    const backEnd = createBackEnd({
      'GET /status': () => {
        throw refusal(403, { code: 'not_an_administrator', message: sentence('Страница только для администраторов') });
      },
    });
    const page = openPage(backEnd);
    await page.says('Страница только для администраторов');
    expect(page.time.isSet()).toBe(false);
    // It would be refused again.
    expect(page.seen.queryByRole('button', { name: 'Повторить' })).toBeNull();
  });
});
