import { describe, expect, test } from '@jest/globals';
import { bar, progressBlock } from '../../cli/watch/progress-block.ts';
import { progressLine } from '../../cli/watch/progress-line.ts';
import { statusLines } from '../../cli/watch/status-lines.ts';
import { statusOf } from './statuses.ts';

const PACE = { share: 0.5, callsPerSecond: 2.5, bytesPerSecond: 3 * 1024 * 1024, etaSeconds: 75 };
const HALF = statusOf({
  calls: { exported: 3, failed: 2, remaining: 5 },
  failures: { recording_expired: 2 },
  talkSeconds: { planned: 7_200, exported: 3_600 },
  bytes: { uploaded: 5 * 1024 * 1024 },
});
const HOST = { host: 'example.amocrm.ru' };

describe('the block', () => {
  const latest = [{ callId: 7, noteId: 42, reason: 'recording_expired' }];
  const input = { status: HALF, pace: PACE, latest, ...HOST, language: 'en' as const, columns: 100 };

  test('says phase, calls, talk, bytes, speed, time left, states with reasons, and what failed lately', () => {
    expect(progressBlock(input)).toEqual([
      'Export 3f2c9d8e-0000-4000-8000-000000000001 · example.amocrm.ru · transferring',
      `[${'█'.repeat(25)}${'░'.repeat(25)}]  50 %`,
      'Calls    5 / 10, 2.5 calls/s, left 1:15',
      'Talk     1.0 h / 2.0 h',
      'Sent     5.0 MiB, 3.0 MiB/s',
      'States   3 exported · 2 failed · 0 waiting · 0 unconfirmed · 5 remaining',
      'Skipped  2: too_short 2',
      'Failed   2: recording_expired 2',
      'Latest   note 42: recording_expired, the recording is gone from its link',
    ]);
  });

  test('is never wider than the terminal, where a wrapped line would break the redrawing', () => {
    for (const columns of [20, 40, 60]) {
      for (const line of progressBlock({ ...input, columns })) expect(line.length).toBeLessThan(columns);
    }
  });

  test('of a blocked export says what a person has to do', () => {
    const status = statusOf({ state: 'blocked', blockedBy: 'speechsense_unauthenticated' });
    expect(progressBlock({ ...input, status, columns: 200 })[1]).toContain('Set a valid one with `connection set`');
  });

  test('says what a step is tried again for, with its particulars', () => {
    const trouble = { code: 'amocrm_bad_answer', values: { what: '/leads/notes (id)' }, attempts: 1_234 } as const;
    const status = statusOf({ state: 'planning', trouble });
    expect(progressBlock({ ...input, status, columns: 200 })[1]).toMatch(
      /^amocrm_bad_answer \(1,234 attempts so far\): .*\/leads\/notes \(id\)/,
    );
    expect(progressLine({ status, pace: PACE, language: 'ru' })).toMatch(
      /amocrm_bad_answer \(попыток: 1\s234\): .*\/leads\/notes \(id\)/,
    );
  });
});

test('an export that only waits for lost answers says so, and no speed', () => {
  const status = statusOf({ state: 'settling', calls: { exported: 8, unconfirmed: 2, remaining: 0 } });
  const input = { status, pace: { ...PACE, share: 1, callsPerSecond: 0, etaSeconds: null } };
  expect(progressLine({ ...input, language: 'en' })).toBe(
    'settling · looking in SpeechSense for uploads whose answer was lost (2); what is not found stays unconfirmed' +
      ' · 100 % · 10 / 10 · 0 B · 2 unconfirmed',
  );
  expect(progressBlock({ ...input, ...HOST, latest: [], language: 'ru', columns: 200 })[1]).toContain(
    'ищет в SpeechSense загрузки, ответ на которые потерян (2)',
  );
});

test('the bar looks complete only when it is', () => {
  expect(bar({ share: 0.999 }, 100)).toBe(`[${'█'.repeat(49)}░]  99 %`);
  expect(bar({ share: 1 }, 100)).toBe(`[${'█'.repeat(50)}] 100 %`);
  expect(bar({ share: null }, 100)).toBe(`[${'░'.repeat(50)}]`);
});

test('the line for a log holds the same on one line', () => {
  expect(progressLine({ status: HALF, pace: PACE, language: 'en' })).toBe(
    'transferring · 50 % · 5 / 10, 2.5 calls/s, left 1:15 · 5.0 MiB · 2 failed',
  );
  expect(progressLine({ status: HALF, pace: PACE, language: 'ru' })).toBe(
    'передаёт звонки · 50 % · 5 / 10, 2,5 зв./с, ещё 1:15 · 5,0 МиБ · 2 не отправлено',
  );
});

describe('the final sums', () => {
  const account = {
    ...HOST,
    accountId: 31_415,
    name: '',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled: true,
    country: 'RU',
  };

  test('are written out so that they can be seen to add up, each reason explained', () => {
    const status = { ...HALF, state: 'stopped' as const, finishedAt: '2026-11-22T12:01:05.000Z' };
    expect(statusLines(status, account, 'en')).toEqual([
      'Export 3f2c9d8e-0000-4000-8000-000000000001 · example.amocrm.ru · stopped · 1:05',
      '  found    12 = 10 planned + 2 skipped',
      '  planned  10 = 3 exported + 2 failed + 0 waiting + 0 unconfirmed + 5 remaining',
      '  talk     1.0 h of 2.0 h',
      '  sent     5.0 MiB',
      '  skipped',
      '    2  too_short  shorter than the minimum',
      '  failed',
      '    2  recording_expired  the recording is gone from its link',
      '  speechsense-export report --export 3f2c9d8e-0000-4000-8000-000000000001 --out report.csv',
    ]);
  });

  test('of an open plan count what is not decided yet', () => {
    const planning = statusOf({ state: 'planning', calls: { found: 40, planned: 0, remaining: 0, skipped: {} } });
    const trouble = { code: 'amocrm_bad_answer', values: { what: '/users' }, attempts: 4 } as const;
    expect(statusLines({ ...planning, trouble }, account, 'en')[1]).toContain('amocrm_bad_answer (4 attempts so far)');
    expect(statusLines(planning, account, 'en')).toContain('  found    40 = 0 planned + 0 skipped + 40 undecided');
  });
});
