import './browser.ts';
import { describe, expect, test } from '@jest/globals';
import { fireEvent, waitFor } from '@testing-library/dom';
import { WAITING_REASONS } from '../../errors/reasons.ts';
import type { Call } from '../../widget/page/api/types.ts';
import { createBackEnd, exportStatus, refusal, status } from './back-end.ts';
import { openPage } from './page.tsx';

const over = exportStatus({
  state: 'completed',
  finishedAt: '2026-11-22T10:30:00.000Z',
  period: { from: '2026-11-01', to: '2026-11-21' },
  startedBy: { id: 1, name: 'Анна Смирнова' },
  calls: { ...exportStatus().calls, exported: 88, failed: 10, unconfirmed: 2, remaining: 0 },
});

const call: Call = {
  call_id: 5,
  note_id: 5,
  started_at: '2026-11-21T08:00:00.000Z',
  talk_seconds: 95,
  direction: 'incoming',
  operator_name: 'Борис Ким',
  entity_type: 'lead',
  entity_id: 7,
  card_link: 'https://example.amocrm.ru/leads/detail/7',
  state: 'failed',
  reason: 'recording_expired',
  reasonText: { ru: 'записи больше нет по ссылке', en: 'gone' },
  talk_id: null,
  attempts: 1,
};

function withHistory() {
  return createBackEnd({
    'GET /status': () => status({ export: over }),
    'GET /exports': ({ path }) =>
      path.includes('before=c2')
        ? { exports: [exportStatus({ ...over, exportId: 'e-0', period: null, startedBy: null })], next: null }
        : { exports: [over], next: 'c2' },
    'GET /exports/e-1/calls': () => ({ calls: [call], next: null }),
  });
}

describe('the history', () => {
  test('says period, state, who started, how long and the totals; further ones come page by page', async () => {
    const page = openPage(withHistory());
    await page.says('01.11.2026 – 21.11.2026');
    await page.says('запуск: Анна Смирнова');
    await page.says('длительность 1 ч 30 мин');
    await page.says('Найдено 120 → Отправлено 88 Без подтверждения 2 Не отправлено 10 Пропущено 20');
    const history = await page.block('История');
    fireEvent.click(history.getByRole('button', { name: 'Показать ещё' }));
    await page.says('Период не указан');
    expect(history.queryByRole('button', { name: 'Показать ещё' })).toBeNull();
  });

  test('an empty one says what will be there', async () => {
    const page = openPage(createBackEnd());
    await page.says('Здесь появятся выгрузки');
    await page.says('Выгрузок ещё не было');
  });

  test('a report is fetched by a fresh link to the back end and to nowhere else', async () => {
    const backEnd = withHistory();
    const links: string[] = [];
    const listen = (event: Event) => {
      if (event.target instanceof HTMLElement && event.target.tagName === 'A') {
        links.push(event.target.getAttribute('href') ?? '');
        event.preventDefault();
      }
    };
    document.addEventListener('click', listen);
    backEnd.on('POST /exports/e-1/report-link', () => ({
      url: 'https://export.example/reports/x?sig=1',
      expiresAt: '',
    }));
    const page = openPage(backEnd);
    await page.press('Скачать отчёт XLSX');
    await waitFor(() => expect(links).toEqual(['https://export.example/reports/x?sig=1']));
    expect(backEnd.sent('POST /exports/e-1/report-link')[0]?.body).toEqual({ format: 'xlsx' });
    backEnd.on('POST /exports/e-1/report-link', () => ({ url: 'https://elsewhere.example/x', expiresAt: '' }));
    await page.press('Скачать отчёт CSV');
    await page.says('ответил непонятно (bad_answer)');
    expect(links).toHaveLength(1);
    document.removeEventListener('click', listen);
  });

  test('failed calls are retried by reason, unconfirmed ones only when they are ticked', async () => {
    const backEnd = withHistory();
    backEnd.on('POST /exports/e-1/retry', () => ({ exportId: 'e-2' }));
    const page = openPage(backEnd);
    await page.press('Повторить неудачные');
    const ticked = await page.seen.findByLabelText('записи больше нет по ссылке (10)');
    expect(ticked).toHaveProperty('checked', true);
    const unconfirmed = page.seen.getByLabelText('И звонки без подтверждения (2)');
    expect(unconfirmed).toHaveProperty('checked', false);
    fireEvent.click(unconfirmed);
    // To the server no reason means every reason: the unconfirmed ones alone cannot be asked for beside failed ones.
    fireEvent.click(ticked);
    await page.says('Выберите хотя бы одну причину');
    fireEvent.click(ticked);
    await page.press('Повторить');
    await waitFor(() => expect(backEnd.sent('POST /exports/e-1/retry')).toHaveLength(1));
    const [sent] = backEnd.sent('POST /exports/e-1/retry');
    expect(sent?.body).toEqual({ reasons: ['recording_expired'], unconfirmed: true });
    expect(sent?.idempotencyKey).toBeDefined();
  });

  test('waiting calls are retried with whatever they wait for', async () => {
    const waiting = { ...over, failures: {}, calls: { ...over.calls, failed: 0, waiting: 3, unconfirmed: 0 } };
    const backEnd = withHistory();
    backEnd.on('GET /status', () => status({ export: waiting }));
    backEnd.on('GET /exports', () => ({ exports: [waiting], next: null }));
    backEnd.on('POST /exports/e-1/retry', () => ({ exportId: 'e-2' }));
    const page = openPage(backEnd);
    await page.press('Повторить неудачные');
    await page.seen.findByLabelText('Ждут запись (3)');
    await page.press('Повторить');
    await waitFor(() => expect(backEnd.sent('POST /exports/e-1/retry')).toHaveLength(1));
    expect(backEnd.sent('POST /exports/e-1/retry')[0]?.body).toEqual({
      reasons: [...WAITING_REASONS],
      unconfirmed: false,
    });
  });

  test('nothing is retried beside a running export', async () => {
    const backEnd = withHistory();
    backEnd.on('GET /status', () => status({ export: exportStatus({ exportId: 'e-9' }) }));
    const page = openPage(backEnd);
    await page.says('01.11.2026 – 21.11.2026');
    expect(page.seen.queryByRole('button', { name: 'Повторить неудачные' })).toBeNull();
  });

  test('calls are listed by state and reason, with a link to the card', async () => {
    const backEnd = withHistory();
    const page = openPage(backEnd);
    await page.press('Показать звонки');
    const link = await page.seen.findByRole('link', { name: 'Открыть карточку' });
    expect(link.getAttribute('href')).toBe('https://example.amocrm.ru/leads/detail/7');
    expect(link.getAttribute('rel')).toBe('noopener noreferrer');
    fireEvent.change(page.seen.getByLabelText('Состояние'), { target: { value: 'failed' } });
    fireEvent.change(page.seen.getByLabelText('Причина'), { target: { value: 'recording_expired' } });
    await waitFor(() => {
      expect(backEnd.sent('GET /exports/e-1/calls').at(-1)?.path).toBe(
        '/exports/e-1/calls?state=failed&reason=recording_expired&order=newest&limit=50',
      );
    });
    fireEvent.change(page.seen.getByLabelText('Сотрудник'), { target: { value: '2' } });
    await page.press(/^Время/);
    await waitFor(() => {
      expect(backEnd.sent('GET /exports/e-1/calls').at(-1)?.path).toBe(
        '/exports/e-1/calls?state=failed&reason=recording_expired&operatorId=2&order=oldest&limit=50',
      );
    });
    expect(page.root.querySelector('th[aria-sort="ascending"]')).not.toBeNull();
  });

  test('a card link that is no web address is no link', async () => {
    const backEnd = withHistory();
    backEnd.on('GET /exports/e-1/calls', () => ({
      calls: [{ ...call, card_link: 'javascript:alert(1)' }],
      next: null,
    }));
    const page = openPage(backEnd);
    await page.press('Показать звонки');
    await page.says('Борис Ким');
    expect(page.root.querySelector('a')).toBeNull();
  });

  test('a list that failed is asked for again at a press', async () => {
    const backEnd = createBackEnd({
      'GET /exports': () => {
        throw refusal(503, { code: 'database_unreachable', message: { ru: 'База не отвечает', en: '' } });
      },
    });
    const page = openPage(backEnd);
    await page.says('База не отвечает');
    backEnd.on('GET /exports', () => ({ exports: [over], next: null }));
    await page.press('Повторить');
    await page.says('запуск: Анна Смирнова');
  });
});
