import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { FailureReason } from '../../errors/reasons.ts';
import {
  openTestExport,
  openTestLedger,
  PLAN,
  planned,
  reportOf,
  sightedNote,
  TEST_ACCOUNT,
  type TestExport,
  type TestLedger,
  SENT,
} from '../support/ledger.ts';

let t: TestLedger;
/** The export that is retried. */
let root: string;
/** Each test has notes of its own, which it counts from one. */
let before = 0;
let talkOf = (noteId: number) => `talk-${noteId}`;
beforeAll(async () => void (t = await openTestLedger()));
beforeEach(() => void (before += 100));
afterAll(() => t.close());

const note = (nth: number) => sightedNote({ noteId: before + nth });

type Outcome = FailureReason | 'exported' | 'unconfirmed';

/** Opens an export of these notes and brings each call to its end; a call that is not named stays planned. */
async function exportedAs(outcomes: Record<number, Outcome | 'left'>, more: TestExport = {}): Promise<string> {
  const exportId = await planned(t.ledger, Object.keys(outcomes).map(Number).map(note), more);
  await settle(exportId, outcomes);
  await t.ledger.exports.close(exportId, 'completed');
  return exportId;
}

async function settle(exportId: string, outcomes: Record<number, Outcome | 'left'>): Promise<void> {
  for (const { call_id: callId, note_id: noteId, state } of await reportOf(t.ledger, exportId)) {
    const outcome = outcomes[noteId - before] ?? 'left';
    if (outcome === 'left' || state !== 'planned') continue;
    const claim = await t.ledger.transfers.claim({ exportId, callId });
    if (claim.kind !== 'claimed') throw new Error(`call ${callId} is ${claim.state}`);
    if (outcome !== 'exported' && outcome !== 'unconfirmed') {
      await t.ledger.transfers.recordFailed(claim.lease, outcome);
      continue;
    }
    await t.ledger.transfers.markCommitting(claim.lease, SENT);
    const talk = { talkId: talkOf(noteId), bytes: 1, audioFormat: 'mp3' };
    if (outcome === 'exported') await t.ledger.transfers.recordExported(claim.lease, talk);
    else await t.ledger.transfers.recordUnconfirmed(claim.lease);
  }
}

interface Choice {
  reasons?: string[];
  unconfirmed?: boolean;
}

const choice = ({ reasons = [], unconfirmed = false }: Choice) => ({ exportId: root, reasons, unconfirmed });
const left = (of: Choice = {}) => t.ledger.retries.count(choice(of));

/** Retries what is chosen, as an export does; answers the notes of the calls that it took up. */
async function retry(
  of: Choice,
  outcomes: Record<number, Outcome | 'left'> = {},
  more: TestExport = {},
): Promise<number[]> {
  const exportId = await openTestExport(t.ledger, { kind: 'retry', retryOf: root, ...more });
  const counted = await left(of);
  expect(await t.ledger.retries.list(exportId, choice(of))).toBe(counted);
  await t.ledger.plan.close(exportId, PLAN);
  await settle(exportId, outcomes);
  await t.ledger.exports.close(exportId, 'completed');
  return (await reportOf(t.ledger, exportId)).map(({ note_id: noteId }) => noteId - before);
}

describe('a retry takes up', () => {
  beforeEach(async () => {
    root = await exportedAs({
      1: 'recording_expired',
      2: 'recording_expired',
      3: 'recording_truncated',
      4: 'exported',
      5: 'unconfirmed',
      6: 'left',
    });
  });

  test('all that failed, and nothing else', async () => {
    expect(await retry({})).toEqual([1, 2, 3]);
  });

  test.each([
    [['recording_truncated'], [3]],
    [
      ['recording_truncated', 'recording_expired'],
      [1, 2, 3],
    ],
    [['recording_missing'], []],
  ])('by the reasons %j only those', async (reasons, notes) => {
    expect(await retry({ reasons })).toEqual(notes);
  });

  test('one reason after another', async () => {
    expect(await retry({ reasons: ['recording_truncated'] }, { 3: 'exported' })).toEqual([3]);
    expect(await left({ reasons: ['recording_truncated'] })).toBe(0);
    expect(await retry({ reasons: ['recording_expired'] }, { 1: 'exported', 2: 'recording_forbidden' })).toEqual([
      1, 2,
    ]);
    expect(await left({ reasons: ['recording_expired'] })).toBe(0);
    expect(await retry({}, { 2: 'exported' })).toEqual([2]);
    expect(await left()).toBe(0);
  });

  test('a call again when the retry before was stopped before it came to it', async () => {
    expect(await retry({}, { 1: 'exported', 2: 'left', 3: 'left' })).toEqual([1, 2, 3]);
    expect(await retry({})).toEqual([2, 3]);
  });

  test('by its latest reason, not by the one that it failed for first', async () => {
    await retry({ reasons: ['recording_truncated'] }, { 3: 'audio_unsupported' });
    expect(await left({ reasons: ['recording_truncated'] })).toBe(0);
    expect(await retry({ reasons: ['audio_unsupported'] })).toEqual([3]);
  });

  test('unconfirmed calls when a person asks for it, which may then be sent', async () => {
    expect(await retry({ reasons: ['recording_missing'], unconfirmed: true }, { 5: 'exported' })).toEqual([5]);
    expect(await left({ reasons: ['recording_missing'], unconfirmed: true })).toBe(0);
    expect(await left()).toBe(3);
  });

  test('an unconfirmed call, of which all that is known stays known when the retry is stopped before it came to it', async () => {
    const again = { reasons: ['recording_missing'], unconfirmed: true };
    expect(await retry(again, { 5: 'left' })).toEqual([5]);
    const later = await planned(t.ledger, [note(5)]);
    expect(await reportOf(t.ledger, later)).toMatchObject([{ state: 'unconfirmed', reason: 'answer_lost' }]);
    expect(await retry(again, { 5: 'exported' })).toEqual([5]);
  });

  test('an unconfirmed call, but does not send it when its answer comes before', async () => {
    const retrying = await openTestExport(t.ledger, { kind: 'retry', retryOf: root });
    await t.ledger.retries.list(retrying, choice({ reasons: ['recording_missing'], unconfirmed: true }));
    await t.ledger.plan.close(retrying, PLAN);
    const [{ call_id: callId } = { call_id: 0 }] = await reportOf(t.ledger, retrying);
    await t.ledger.transfers.recordExported(
      { exportId: root, callId },
      { talkId: talkOf(before + 5), bytes: 1, audioFormat: 'mp3' },
    );
    const claim = await t.ledger.transfers.claim({ exportId: retrying, callId });
    if (claim.kind !== 'claimed') throw new Error(claim.state);
    expect(await t.ledger.transfers.markCommitting(claim.lease, SENT)).toBe('taken_by_other_export');
    expect(await reportOf(t.ledger, retrying)).toMatchObject([{ state: 'skipped', reason: 'already_exported' }]);
  });

  test('an unconfirmed call again, when its retry lost the answer too', async () => {
    const again = { reasons: ['recording_missing'], unconfirmed: true };
    expect(await retry(again, { 5: 'unconfirmed' })).toEqual([5]);
    expect(await left()).toBe(3);
    expect(await retry(again, { 5: 'exported' })).toEqual([5]);
  });

  test('nothing of another export, and nothing of one that is not there', async () => {
    await planned(t.ledger, [note(9)]);
    expect(await retry({})).toEqual([1, 2, 3]);
    root = randomUUID();
    expect(await left()).toBe(0);
  });

  test('its calls once, when its beginning is run twice', async () => {
    const exportId = await openTestExport(t.ledger, { kind: 'retry', retryOf: root });
    expect(await t.ledger.retries.list(exportId, choice({ unconfirmed: true }))).toBe(4);
    expect(await t.ledger.retries.list(exportId, choice({ unconfirmed: true }))).toBe(0);
    await t.ledger.plan.close(exportId, PLAN);
    expect((await t.ledger.progress.read(exportId)).calls).toMatchObject({ found: 4, remaining: 4 });
  });
});

test('a waiting call is taken up with the failed ones, or by its own reason', async () => {
  root = await openTestExport(t.ledger);
  const young = { ...note(1), link: null };
  await t.ledger.calls.recordSightings(TEST_ACCOUNT, root, [young]);
  await t.ledger.plan.close(root, { ...PLAN, now: young.startedAt });
  expect(await left({ reasons: ['recording_expired'] })).toBe(0);
  expect(await left({ reasons: ['recording_not_ready'] })).toBe(1);
  expect(await retry({})).toEqual([1]);
});

test('into another connection, an answer lost in the first one stays on its record', async () => {
  root = await exportedAs({ 1: 'unconfirmed' });
  expect(await retry({ unconfirmed: true }, { 1: 'exported' }, { connectionId: 'connection-2' })).toEqual([1]);
  const [again] = await reportOf(t.ledger, await planned(t.ledger, [note(1)]));
  expect(again).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost' });
});

describe('calls whose talks are gone', () => {
  /** Each test its own: what is gone is looked for in all of a connection. */
  let connectionId: string;
  const missing = () => t.ledger.registry.missingCalls(TEST_ACCOUNT, connectionId);
  const lose = (...notes: number[]) =>
    t.ledger.registry.setMissing(
      TEST_ACCOUNT,
      connectionId,
      notes.map((nth) => `talk-${before + nth}`),
      true,
    );

  /** A retry of what is gone, stopped where outcomes end. */
  async function retryMissing(outcomes: Record<number, Outcome | 'left'>, settings: unknown = {}) {
    const exportId = await openTestExport(t.ledger, { kind: 'retry', retryOf: root, connectionId, settings });
    await t.ledger.retries.list(exportId, { ...choice({ reasons: ['internal_error'] }), missing: true });
    await t.ledger.plan.close(exportId, PLAN);
    talkOf = (noteId) => `talk-again-${noteId}`;
    await settle(exportId, outcomes);
    await t.ledger.exports.close(exportId, 'stopped');
    return Object.fromEntries(
      (await reportOf(t.ledger, exportId)).map(({ note_id, state, reason }) => [note_id - before, reason ?? state]),
    );
  }

  beforeEach(async () => {
    talkOf = (noteId) => `talk-${noteId}`;
    connectionId = `connection-of-${before}`;
    root = await exportedAs({ 1: 'exported', 2: 'exported', 3: 'exported', 4: 'exported' }, { connectionId });
    await lose(1, 2, 3);
  });

  test('are not forgotten by a retry that is stopped, fails them or loses their answer', async () => {
    expect(await missing()).toBe(3);
    expect(await retryMissing({ 1: 'exported', 2: 'recording_expired', 3: 'left' })).toEqual({
      1: 'exported',
      2: 'recording_expired',
      3: 'planned',
    });
    expect(await missing()).toBe(2);
    expect(await retryMissing({ 2: 'exported', 3: 'unconfirmed' })).toEqual({ 2: 'exported', 3: 'answer_lost' });
    // It may be there already: it is looked for, not sent once more.
    expect(await retryMissing({ 3: 'exported' })).toEqual({ 3: 'answer_lost' });
  });

  test('stay known as gone when the upload that was to replace them is cut behind its marker', async () => {
    const exportId = await openTestExport(t.ledger, { kind: 'retry', retryOf: root, connectionId });
    await t.ledger.retries.list(exportId, { ...choice({ reasons: ['internal_error'] }), missing: true });
    await t.ledger.plan.close(exportId, PLAN);
    const [first] = await reportOf(t.ledger, exportId);
    const claim = await t.ledger.transfers.claim({ exportId, callId: first?.call_id ?? 0 });
    if (claim.kind !== 'claimed') throw new Error('not claimed');
    expect(await t.ledger.transfers.markCommitting(claim.lease, SENT)).toBe('marked');
    expect(await t.ledger.transfers.release(claim.lease)).toBe(true);
    expect(await missing()).toBe(3);
  });

  test('are sent again whatever the filters of the latest export say', async () => {
    const filters = { direction: 'outgoing', users: [8], talkSeconds: { min: 600, max: 700 } };
    expect(await retryMissing({ 1: 'exported', 2: 'exported', 3: 'exported' }, filters)).toEqual({
      1: 'exported',
      2: 'exported',
      3: 'exported',
    });
  });

  test('are no export’s but a retry’s: whether they are really gone, a person decides', async () => {
    const again = await planned(t.ledger, [note(1), note(4)], { connectionId });
    expect(await reportOf(t.ledger, again)).toMatchObject([
      { state: 'skipped', reason: 'already_exported' },
      { state: 'skipped', reason: 'already_exported' },
    ]);
  });

  test('that turn up again while they are sent anew do not count twice', async () => {
    expect(await retryMissing({ 1: 'unconfirmed' })).toMatchObject({ 1: 'answer_lost' });
    await t.ledger.registry.setMissing(TEST_ACCOUNT, connectionId, [`talk-${before + 1}`, `talk-${before + 2}`], false);
    const again = await planned(t.ledger, [note(1), note(2)], { connectionId });
    expect(await reportOf(t.ledger, again)).toMatchObject([{ state: 'skipped' }, { state: 'skipped' }]);
  });
});
