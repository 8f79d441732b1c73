import { describe, expect, test } from '@jest/globals';
import { listingText } from '../../cli/watch/listing-lines.ts';
import { listingRemarks } from '../../client/exports/listing-remarks.ts';
import { progressBlock } from '../../cli/watch/progress-block.ts';
import { progressLine } from '../../cli/watch/progress-line.ts';
import { statusLines } from '../../cli/watch/status-lines.ts';
import type { ListingStatus } from '../../client/exports/status.ts';
import { statusOf } from './statuses.ts';

const QUIET = statusOf().listing;
const READING: ListingStatus = { ...QUIET, source: 'leads', reachedAt: '2026-11-14T09:00:00.000Z', pages: 1_200 };
const PACE = { share: null, callsPerSecond: null, bytesPerSecond: null, etaSeconds: null };
const WATCHED = { pace: PACE, latest: [], host: 'example.amocrm.ru', columns: 100 };

const ACCOUNT = {
  accountId: 31_415,
  host: 'example.amocrm.ru',
  name: 'Example',
  timeZone: 'Europe/Moscow',
  isApiFilterEnabled: true,
  country: 'RU',
};

describe('while an export plans', () => {
  const status = statusOf({ state: 'planning', calls: { found: 7, planned: 0, remaining: 0 }, listing: READING });

  test('its progress says what is being read and how far', () => {
    expect(progressBlock({ ...WATCHED, status, language: 'en' })).toContain(
      'Reading  deals, edited up to 2026-11-14, 1,200 pages',
    );
    expect(progressLine({ status, pace: PACE, language: 'ru' })).toBe(
      'составляет план · найдено 7 · сделки, изменённые до 2026-11-14, 1\u00a0200 страниц · 0 Б',
    );
  });

  test('nothing is said of a listing that has not begun, is over, or is of no time', () => {
    expect(listingText(QUIET, 'en')).toBeUndefined();
    expect(listingText({ ...READING, source: 'events', reachedAt: null }, 'en')).toBe(
      'events, to cross-check, 1,200 pages',
    );
    const over = statusOf({ listing: READING });
    expect(progressLine({ status: over, pace: PACE, language: 'en' })).not.toContain('deals');
  });
});

describe('what a listing came across', () => {
  test('is nothing to speak of, usually', () => {
    expect(listingRemarks({ ...READING, crossCheck: { state: 'done', events: 9, found: 0, deleted: 0 } })).toEqual([]);
  });

  test('is said below the sums', () => {
    const listing: ListingStatus = {
      ...READING,
      crossCheck: { state: 'refused', events: 0, found: 2, deleted: 3 },
      unsorted: 4,
      unknownOperators: 5,
      unreadable: { notes: 12, named: ['contact 7, note 42: created_at, updated_at'] },
      missingLists: ['lead_fields', 'pipelines'],
    };
    const lines = statusLines(statusOf({ listing }), ACCOUNT, 'en').join('\n');
    for (const part of [
      '2 calls were found only by amoCRM’s events',
      '3 call notes have been deleted in amoCRM; a call that has no other note is not exported',
      'the list of calls was not cross-checked',
      '4 calls hang on unsorted leads',
      'Who talked in 5 calls cannot be told',
      'amoCRM does not give these lists of the account: lead_fields, pipelines.',
      '12 call notes cannot be read and are not among the calls: contact 7, note 42: created_at, updated_at; …',
    ]) {
      expect(lines).toContain(part);
    }
    expect(listingRemarks(listing).every(({ en, ru }) => en !== ru && /[а-я]/.test(ru))).toBe(true);
  });
});
