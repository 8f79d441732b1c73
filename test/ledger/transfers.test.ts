import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ExportError } from '../../errors/export-error.ts';
import type { Lease } from '../../ledger/transfers.ts';
import { openTestLedger, planned, reportOf, sightedNote, type TestLedger, SENT } from '../support/ledger.ts';

describe('a call in an export', () => {
  let t: TestLedger;
  let nextNote = 1;
  let exportId: string;
  let callId: number;
  let noteId: number;

  beforeAll(async () => void (t = await openTestLedger()));
  afterAll(() => t.close());
  beforeEach(async () => {
    noteId = nextNote++;
    exportId = await planned(t.ledger, [sightedNote({ noteId })]);
    callId = (await row()).call_id;
  });

  async function row(of = exportId) {
    const [only] = await reportOf(t.ledger, of);
    if (!only) throw new Error('the export has no call');
    return only;
  }
  async function claim(of = exportId): Promise<Lease> {
    const claimed = await t.ledger.transfers.claim({ exportId: of, callId });
    if (claimed.kind !== 'claimed') throw new Error(`not claimed: ${claimed.state}`);
    return claimed.lease;
  }
  const talkId = () => `aud${noteId}`;
  const exported = () => ({ talkId: talkId(), bytes: 5, audioFormat: 'mp3' });
  const laterExport = (settings: unknown = {}) => planned(t.ledger, [sightedNote({ noteId })], { settings });

  test('goes from planned to exported, once', async () => {
    const lease = await claim();
    expect(await t.ledger.transfers.markCommitting(lease, SENT)).toBe('marked');
    await t.ledger.transfers.recordExported(lease, exported());
    expect(await row()).toMatchObject({
      state: 'exported',
      talk_id: talkId(),
      bytes: 5,
      audio_format: 'mp3',
      attempts: 1,
    });
    expect(await t.ledger.transfers.claim({ exportId, callId })).toEqual({ kind: 'settled', state: 'exported' });
  });

  test('a later attempt ends the hold of an earlier one, which can then neither commit nor settle it', async () => {
    const frozen = await claim();
    const lease = await claim();
    expect(lease.attempt).toBe(2);
    expect(await t.ledger.transfers.markCommitting(frozen, SENT)).toBe('lease_lost');
    expect(await t.ledger.transfers.release(frozen)).toBe(false);
    expect(await t.ledger.transfers.recordFailed(frozen, 'recording_expired')).toBe(false);
    expect(await t.ledger.transfers.markCommitting(lease, SENT)).toBe('marked');
  });

  test('a commit without an answer is unconfirmed for whoever comes next, and is not sent again', async () => {
    await t.ledger.transfers.markCommitting(await claim(), SENT);
    expect(await t.ledger.transfers.claim({ exportId, callId })).toEqual({ kind: 'settled', state: 'unconfirmed' });
    expect(await row()).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
    expect(await row(await laterExport())).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
  });

  test('an answer that comes after all makes an unconfirmed call exported', async () => {
    const lease = await claim();
    await t.ledger.transfers.markCommitting(lease, SENT);
    await t.ledger.transfers.claim({ exportId, callId });
    await t.ledger.transfers.recordExported(lease, exported());
    expect(await row()).toMatchObject({ state: 'exported', reason: null, talk_id: talkId() });
    expect(await row(await laterExport())).toMatchObject({ state: 'skipped', reason: 'already_exported' });
  });

  test('an answer takes its talk from a call that had found it by a search, which is in doubt again', async () => {
    const lease = await claim();
    await t.ledger.transfers.markCommitting(lease, SENT);
    const finder = await planned(t.ledger, [sightedNote({ noteId: nextNote++ })]);
    const found = await row(finder);
    const ref = { exportId: finder, callId: found.call_id };
    const claimed = await t.ledger.transfers.claim(ref);
    if (claimed.kind !== 'claimed') throw new Error('not claimed');
    await t.ledger.transfers.markCommitting(claimed.lease, SENT);
    await t.ledger.transfers.recordUnconfirmed(claimed.lease);
    expect(await t.ledger.lostTalks.adopt({ callId: ref.callId, sentBy: finder }, talkId())).toBe(true);
    expect(await row(finder)).toMatchObject({ state: 'exported', talk_id: talkId() });

    await t.ledger.transfers.recordExported(lease, exported());
    expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
    expect(await row(finder)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost', talk_id: null });
    expect(await t.ledger.lostTalks.adopt({ callId: ref.callId, sentBy: finder }, talkId())).toBe(false);
  });

  test('an answer that repeats another call’s talk id is written down all the same', async () => {
    await t.ledger.transfers.markCommitting(await claim(), SENT);
    await t.ledger.transfers.recordExported({ exportId, callId }, exported());
    const other = await planned(t.ledger, [sightedNote({ noteId: nextNote++ })]);
    const { call_id } = await row(other);
    const claimed = await t.ledger.transfers.claim({ exportId: other, callId: call_id });
    if (claimed.kind !== 'claimed') throw new Error('not claimed');
    await t.ledger.transfers.markCommitting(claimed.lease, SENT);
    await t.ledger.transfers.recordExported(claimed.lease, exported());
    expect(await row(other)).toMatchObject({ state: 'exported', talk_id: talkId() });
    expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
  });

  test('a call given back can be sent by the next attempt, its marker gone', async () => {
    const lease = await claim();
    await t.ledger.transfers.markCommitting(lease, SENT);
    expect(await t.ledger.transfers.release(lease)).toBe(true);
    expect(await row()).toMatchObject({ state: 'planned', reason: null });
    expect(await t.ledger.transfers.markCommitting(await claim(), SENT)).toBe('marked');
  });

  test('a marker taken back lets the same attempt commit again', async () => {
    const lease = await claim();
    await t.ledger.transfers.markCommitting(lease, SENT);
    expect(await t.ledger.transfers.reopen(lease)).toBe(true);
    expect(await t.ledger.transfers.markCommitting(lease, SENT)).toBe('marked');
  });

  test('two exports at once cannot both complete it', async () => {
    const first = await claim();
    const other = await laterExport();
    const second = await claim(other);
    expect(await t.ledger.transfers.markCommitting(first, SENT)).toBe('marked');
    expect(await t.ledger.transfers.markCommitting(second, SENT)).toBe('taken_by_other_export');
    expect(await row(other)).toMatchObject({ state: 'unconfirmed' });
    await t.ledger.transfers.recordExported(first, exported());
    expect(await row(await laterExport())).toMatchObject({ state: 'skipped', reason: 'already_exported' });
  });

  test('an export that meets another one’s finished talk skips the call', async () => {
    const other = await laterExport();
    const first = await claim();
    await t.ledger.transfers.markCommitting(first, SENT);
    await t.ledger.transfers.recordExported(first, exported());
    expect(await t.ledger.transfers.markCommitting(await claim(other), SENT)).toBe('taken_by_other_export');
    expect(await row(other)).toMatchObject({ state: 'skipped', reason: 'already_exported' });
  });

  test('is not sent again into the same connection, but is into a new one, and when re-export is asked for', async () => {
    const lease = await claim();
    await t.ledger.transfers.markCommitting(lease, SENT);
    await t.ledger.transfers.recordExported(lease, exported());
    expect(await row(await laterExport())).toMatchObject({ state: 'skipped', reason: 'already_exported' });
    const elsewhere = await planned(t.ledger, [sightedNote({ noteId })], { connectionId: 'connection-2' });
    expect(await row(elsewhere)).toMatchObject({ state: 'planned' });

    const again = await laterExport({ reExport: true });
    expect(await row(again)).toMatchObject({ state: 'planned' });
    const repeated = await claim(again);
    expect(await t.ledger.transfers.markCommitting(repeated, SENT)).toBe('marked');
    await t.ledger.transfers.recordExported(repeated, { ...exported(), talkId: 'aud-again' });
    expect(await row(again)).toMatchObject({ state: 'exported', talk_id: 'aud-again' });
  });

  test('a claim of a call that is not there is a defect, not a success', async () => {
    await expect(t.ledger.transfers.claim({ exportId, callId: 999_999 })).rejects.toThrow();
    expect(new ExportError('lease_lost').kind).toBe('retryable');
  });
});
