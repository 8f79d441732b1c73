import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { ExportError } from '../../errors/export-error.ts';
import { type Database, openDatabase } from '../../ledger/database/database.ts';
import { createTransfers, type Lease } from '../../ledger/exports/transfers.ts';
import {
  openTestLedger,
  PLAN,
  planned,
  reportOf,
  sightedNote,
  type TestLedger,
  SENT,
  TEST_ACCOUNT,
  TEST_CONNECTION,
} from '../support/ledger.ts';
import { waitFor } from '../support/wait-for.ts';

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

  test('ends as a defect of ours when three attempts died, two of them with its recording in hand', async () => {
    await t.ledger.transfers.setInHand(await claim(), false);
    for (const _ of ['second', 'third']) await t.ledger.transfers.setInHand(await claim(), true);
    expect(await t.ledger.transfers.claim({ exportId, callId })).toEqual({ kind: 'settled', state: 'failed' });
    expect(await row()).toMatchObject({ state: 'failed', reason: 'internal_error', attempts: 4 });
  });

  test('goes on however often an attempt dies elsewhere, or gives the call back', async () => {
    for (let attempt = 1; attempt < 12; attempt++) {
      const lease = await claim();
      await t.ledger.transfers.setInHand(lease, true);
      if (attempt % 2 === 0) await t.ledger.transfers.release(lease);
      else await t.ledger.transfers.setInHand(lease, false);
    }
    expect((await row()).state).toBe('uploading');
  });

  test('in the hand of an attempt that lost it, is in nobody’s hand', async () => {
    const frozen = await claim();
    await claim();
    for (let attempt = 3; attempt < 6; attempt++) {
      await t.ledger.transfers.setInHand(frozen, true);
      await claim();
    }
    expect((await row()).state).toBe('uploading');
  });

  test('its report names the keys whose values were cut, whether the answer comes or its talk is found', async () => {
    await t.ledger.transfers.markCommitting(await claim(), { ...SENT, cutKeys: ['deal_comment', 'notes'] });
    expect((await row()).cut_values).toBe('deal_comment notes');
    await t.ledger.transfers.claim({ exportId, callId });
    await t.ledger.lostTalks.adopt({ callId, sentBy: exportId }, talkId());
    expect(await row()).toMatchObject({ state: 'exported', cut_values: 'deal_comment notes' });
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

  describe('an answer that comes after its absence seemed proved', () => {
    let frozen: Lease;
    /** The upload of a frozen process is looked for in vain, and its call planned again. */
    beforeEach(async () => {
      frozen = await claim();
      await t.ledger.transfers.markCommitting(frozen, SENT);
      await t.ledger.transfers.claim({ exportId, callId });
      await t.ledger.lostTalks.sendAgain(exportId, [{ callId, sentBy: exportId }], PLAN);
      expect((await row()).state).toBe('planned');
    });
    const answered = () => t.ledger.transfers.recordExported(frozen, { ...exported(), sent: SENT.sent });

    test('is believed while the call is planned again', async () => {
      await answered();
      expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
      expect(await t.ledger.transfers.claim({ exportId, callId })).toEqual({ kind: 'settled', state: 'exported' });
      expect(await row(await laterExport())).toMatchObject({ state: 'skipped', reason: 'already_exported' });
    });

    test('and ends the hold of a newer attempt', async () => {
      const newer = await claim();
      await answered();
      expect(await t.ledger.transfers.markCommitting(newer, SENT)).toBe('lease_lost');
      expect(await t.ledger.transfers.release(newer)).toBe(false);
      expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
    });

    test('and stands when a newer attempt’s answer comes too', async () => {
      const newer = await claim();
      await t.ledger.transfers.markCommitting(newer, SENT);
      await answered();
      await t.ledger.transfers.recordExported(newer, { ...exported(), talkId: 'aud-second' });
      expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
      expect(await t.ledger.registry.known(TEST_ACCOUNT, TEST_CONNECTION, [talkId(), 'aud-second'])).toEqual(
        new Set([talkId()]),
      );
    });

    test('also when another export has sent the call meanwhile: then both talks are known', async () => {
      const other = await laterExport();
      await t.ledger.transfers.markCommitting(await claim(other), SENT);
      await answered();
      expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
      await t.ledger.transfers.recordExported({ exportId: other, callId }, { ...exported(), talkId: 'aud-other' });
      expect(await row(other)).toMatchObject({ state: 'exported', talk_id: 'aud-other' });
    });
  });

  test('an answer corrects what a search had found', async () => {
    const lease = await claim();
    await t.ledger.transfers.markCommitting(lease, SENT);
    await t.ledger.transfers.recordUnconfirmed(lease);
    await t.ledger.lostTalks.adopt({ callId, sentBy: exportId }, `${talkId()}-found`);
    await t.ledger.transfers.recordExported(lease, exported());
    expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
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

  test('an answer that is being written down while its talk is adopted takes it all the same', async () => {
    await t.ledger.transfers.markCommitting(await claim(), SENT);
    const finder = await planned(t.ledger, [sightedNote({ noteId: nextNote++ })]);
    const found = await row(finder);
    const claimed = await t.ledger.transfers.claim({ exportId: finder, callId: found.call_id });
    if (claimed.kind !== 'claimed') throw new Error('not claimed');
    await t.ledger.transfers.markCommitting(claimed.lease, SENT);
    await t.ledger.transfers.recordUnconfirmed(claimed.lease);

    const db = openDatabase(t.databaseUrl);
    const answer = await db.startTransaction().execute();
    await createTransfers(answer).recordExported({ exportId, callId }, exported());
    const adopted = t.ledger.lostTalks.adopt({ callId: found.call_id, sentBy: finder }, talkId());
    await waitFor(async () => (await row(finder)).state === 'exported', { what: 'the adoption' });
    await answer.commit().execute();
    expect(await adopted).toBe(false);
    await db.destroy();
    expect(await row()).toMatchObject({ state: 'exported', talk_id: talkId() });
    expect(await row(finder)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost', talk_id: null });
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

  test('how long its recording fails, and how old it is, is told by Postgres’s clock', async () => {
    await t.ledger.transfers.release(await claim(), 'recording');
    const skewed = Date.now;
    Date.now = () => skewed() + 3_600_000;
    try {
      const again = await t.ledger.transfers.claim({ exportId, callId });
      if (again.kind !== 'claimed') throw new Error(again.state);
      expect(again.call.recordingFailingMs).toBeLessThan(600_000);
      expect(again.call.ageMs).toBeGreaterThan(0);
      await t.ledger.transfers.release(again.lease);
      expect(await t.ledger.transfers.claim({ exportId, callId })).toMatchObject({
        call: { recordingFailingMs: null },
      });
    } finally {
      Date.now = skewed;
    }
  });

  test('is sent by nobody once its export is finished, who wakes before its claim or before its marker', async () => {
    const asleep = await claim();
    await t.ledger.exports.close(exportId, 'stopped');
    expect(await t.ledger.transfers.markCommitting(asleep, SENT)).toBe('lease_lost');
    expect(await t.ledger.transfers.claim({ exportId, callId })).toEqual({ kind: 'settled', state: 'planned' });
    expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({ exported: 0, remaining: 1 });
  });

  test('is not sent again when somebody has deleted the export that sent it', async () => {
    const lease = await claim();
    await t.ledger.transfers.markCommitting(lease, SENT);
    await t.ledger.transfers.recordExported(lease, exported());
    const db = openDatabase(t.databaseUrl, { maxConnections: 1 });
    await db.deleteFrom('exports').where('export_id', '=', exportId).execute();
    await db.destroy();
    expect(await row(await laterExport())).toMatchObject({ state: 'skipped', reason: 'already_exported' });
  });

  test('given back while its marker is still being written, takes the marker back too', async () => {
    const lease = await claim();
    const db = openDatabase(t.databaseUrl, { maxConnections: 2 });
    try {
      const marker = await db.startTransaction().execute();
      await createTransfers(marker).markCommitting(lease, SENT);
      const released = t.ledger.transfers.release(lease);
      await waitFor(() => somebodyWaits(db), { what: 'the release to wait for the marker' });
      await marker.commit().execute();
      expect(await released).toBe(true);
    } finally {
      await db.destroy();
    }
    expect((await row()).state).toBe('planned');
    expect((await row(await laterExport())).state).toBe('planned');
    expect(await t.ledger.transfers.markCommitting(await claim(), SENT)).toBe('marked');
  });

  test('a claim of a call that is not there is a defect, not a success', async () => {
    await expect(t.ledger.transfers.claim({ exportId, callId: 999_999 })).rejects.toThrow();
    expect(new ExportError('lease_lost').kind).toBe('retryable');
  });
});

/** Whether a statement of this schema waits for another's row. */
async function somebodyWaits(db: Database): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks waiting join pg_locks held using (pid)
     where not waiting.granted and held.granted and held.relation = 'transfers'::regclass`.execute(db);
  return rows.length > 0;
}
