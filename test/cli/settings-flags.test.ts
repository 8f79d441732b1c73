import { describe, expect, test } from '@jest/globals';
import { mergeFlags, type SettingsFlags } from '../../cli/settings/settings-flags.ts';
import { type ExportSettings, parseExportSettings, SettingsInvalid } from '../../settings/export-settings.ts';

const NOW = new Date('2026-11-22T12:00:00+03:00');
const STORED = parseExportSettings({
  period: { from: '2026-11-01', to: '2026-11-10' },
  users: [1, 2],
  direction: 'incoming',
  talkSeconds: { min: 30, max: 600 },
});
const merge = (flags: SettingsFlags, stored: ExportSettings = STORED) =>
  mergeFlags(stored, flags, 'Europe/Moscow', NOW);

test('without flags the stored settings hold', () => {
  expect(merge({})).toEqual(STORED);
});

test('a flag wins over its setting and leaves the others alone', () => {
  expect(merge({ direction: 'all', minTalk: 0, reExport: true })).toEqual({
    ...STORED,
    direction: 'all',
    talkSeconds: { min: 0, max: 600 },
    reExport: true,
  });
});

test('users may be repeated or written with commas', () => {
  expect(merge({ user: ['7', '8,9'] }).users).toEqual([7, 8, 9]);
});

describe('one end of the period alone', () => {
  const open = parseExportSettings({});

  test('takes the other end from the stored period', () => {
    expect(merge({ from: '2026-11-05' }).period).toEqual({ from: '2026-11-05', to: '2026-11-10' });
    expect(merge({ to: '2026-11-20' }).period).toEqual({ from: '2026-11-01', to: '2026-11-20' });
  });

  test('else reaches until today, or back as far as an export without a period does', () => {
    expect(merge({ from: '2026-10-01' }, open).period).toEqual({ from: '2026-10-01', to: '2026-11-22' });
    expect(merge({ to: '2026-11-10' }, open).period).toEqual({ from: '2026-11-04', to: '2026-11-10' });
  });
});

test('all that is wrong is said at once, each with its field', () => {
  const flags = { from: 'yesterday', to: '2026-11-10', user: ['Anna'], maxTalk: 90_000 };
  const problems = caught(() => merge(flags)).problems.map(({ field }) => field);
  expect(problems).toEqual(['period.from', 'users.0', 'talkSeconds.max']);
});

test('somebody who is no number is said to be one, and where the numbers are', () => {
  expect(caught(() => merge({ user: ['bob'] })).problems).toEqual([
    {
      field: 'users.0',
      message: {
        en: 'expected the number of an amoCRM user; see `users`',
        ru: 'нужен номер сотрудника amoCRM; см. `users`',
      },
    },
  ]);
});

test('a reversed period is named', () => {
  const { problems } = caught(() => merge({ from: '2026-11-20', to: '2026-11-10' }));
  expect(problems).toEqual([
    {
      field: 'period.from',
      message: { en: 'the first day is later than the last one', ru: 'первый день позже последнего' },
    },
  ]);
});

function caught(act: () => unknown): SettingsInvalid {
  try {
    act();
  } catch (error) {
    if (error instanceof SettingsInvalid) return error;
  }
  throw new Error('no SettingsInvalid was thrown');
}
