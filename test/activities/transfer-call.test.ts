import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/activity';
import { ActivityCancellationDetails } from '@temporalio/common';
import { sql } from 'kysely';
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { sampleError } from '../support/sample-error.ts';
import { FAILURE_REASONS } from '../../errors/reasons.ts';
import { openDatabase } from '../../ledger/database/database.ts';
import { createRecordings, type Recordings } from '../../recordings/fetch-recording.ts';
import { TEST_ACCOUNT } from '../support/ledger.ts';
import { entity } from '../support/entity.ts';
import { waitFor } from '../support/wait-for.ts';
import { createTransferStage, type TransferStage } from './transfer-stage.ts';

let stage: TransferStage;
beforeAll(async () => void (stage = await createTransferStage()));
afterEach(async () => {
  stage.sandbox.telephony.reset();
  stage.sandbox.speechsense.reset();
  await stage.ledger.brakes.release(TEST_ACCOUNT);
});
afterAll(() => stage.close());

const telephonyFault = (action: object) => stage.sandbox.telephony.control('PUT', '/faults', [{ action }]);
const speechSenseFault = (fault: object) => stage.sandbox.speechsense.control('PUT', '/faults', [fault]);
const talks = () => stage.sandbox.speechsense.talks();
const uploads = () => stage.sandbox.speechsense.counters().uploads;

/** A recording that is longer than what a client may send ahead of SpeechSense's reading. */
const long = (worldId: string) =>
  stage.sandbox.telephony.recordingUrl({ worldId, format: 'wav', sizeBytes: 6_000_000 });

/** Recordings that cannot be had for this reason. */
const failing = (error: unknown): Recordings => ({
  receive: () => Promise.reject(error instanceof Error ? error : new Error(String(error))),
  close: () => Promise.resolve(),
});

describe('a call is carried', () => {
  test('from its link into one whole talk with its metadata, and the ledger says so', async () => {
    await stage.ledger.users.putAll(TEST_ACCOUNT, [
      { id: 7, name: 'Ольга Ковалёва', group: null, active: true, phone: null, email: null },
    ]);
    const mapping = { call: [{ amocrm: 'duration', speechsense: 'call_duration' }] };
    const call = await stage.plan({ direction: 'outgoing' }, { mapping });
    const card = entity('contact', 1_000 + call.noteId, { name: 'Анна' });
    await stage.ledger.entities.putAll(TEST_ACCOUNT, [card], new Date());
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
    const [talk, ...others] = talks();
    expect(others).toEqual([]);
    expect(talk?.fields).toEqual({
      operator_id: '7',
      operator_name: 'Ольга Ковалёва',
      client_id: String(card.entityId),
      client_name: 'Анна',
      date: '2026-11-02T12:00:00+03:00',
      direction_outgoing: 'true',
      language: 'ru-RU',
      call_id: String(call.noteId),
      call_duration: '60',
    });
    expect(await stage.row(call)).toMatchObject({
      state: 'exported',
      reason: null,
      talk_id: talk?.id,
      attempts: 1,
      bytes: talk?.audio.sizeBytes,
      audio_format: 'mp3',
    });
  });

  test('once: a second attempt does nothing', async () => {
    const call = await stage.plan();
    await stage.transfer(call);
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
    expect(talks()).toHaveLength(1);
    expect((await stage.row(call)).attempts).toBe(1);
  });

  test('converted where SpeechSense does not take its format, and the report says from what', async () => {
    const link = stage.sandbox.telephony.recordingUrl({ worldId: 'alaw', format: 'wav-alaw', talkSeconds: 20 });
    const call = await stage.plan({ link });
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
    expect(talks()[0]?.audio).toMatchObject({ container: 'OGG_OPUS', recognisable: true });
    expect(await stage.row(call)).toMatchObject({
      audio_format: 'ogg_opus',
      converted_from: 'WAV G.711 A-law',
      channels: 2,
      recording_seconds: expect.closeTo(20, 1),
      recording_remarks: null,
      bytes: talks()[0]?.audio.sizeBytes,
    });
  });

  test('at last, when SpeechSense cuts the first try', async () => {
    const call = await stage.plan();
    await speechSenseFault({ at: 'mid-stream', times: 1, action: { kind: 'drop' } });
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
    expect(talks()).toHaveLength(1);
    expect(stage.sandbox.telephony.counters().requests).toBe(1);
  });
});

describe('a call fails for its own reason', () => {
  test.each<[string, object, string]>([
    ['404', { kind: 'lie', lie: 'expired' }, 'recording_expired'],
    ['410', { kind: 'lie', lie: 'gone' }, 'recording_expired'],
    ['403', { kind: 'lie', lie: 'forbidden' }, 'recording_forbidden'],
    ['a page', { kind: 'lie', lie: 'html' }, 'recording_not_audio'],
    ['nothing', { kind: 'lie', lie: 'empty' }, 'recording_not_audio'],
    ['a loop of redirects', { kind: 'redirect-loop' }, 'recording_unreachable'],
    ['a redirect into the machine', { kind: 'redirect', to: 'http://127.0.0.1:1/x' }, 'recording_host_forbidden'],
    ['a redirect to a private address', { kind: 'redirect', to: 'http://10.0.0.1/x' }, 'recording_host_forbidden'],
    ['half of a recording', { kind: 'cut', afterBytes: 1_000 }, 'recording_truncated'],
    ['half, and nothing shows it', { kind: 'cut', afterBytes: 1_000, framing: 'chunked' }, 'recording_truncated'],
    ['500 as long as it is tried', { kind: 'lie', lie: 'failing' }, 'recording_unreachable'],
    ['silence in the middle, as long as it is tried', { kind: 'stall', afterBytes: 1_000 }, 'recording_unreachable'],
  ])('when its link answers %s', async (_, action, reason) => {
    const call = await stage.plan();
    await telephonyFault(action);
    expect(await stage.transfer(call, { recordingRetrySeconds: 0 })).toEqual({ state: 'failed' });
    expect(await stage.row(call)).toMatchObject({ state: 'failed', reason, talk_id: null });
    expect(uploads().begun).toBe(0);
  });

  test('when its recording is larger than the limit', async () => {
    const big = stage.sandbox.telephony.recordingUrl({ worldId: 'big', format: 'wav', sizeBytes: 9_000_000 });
    const call = await stage.plan({ link: big });
    expect(await stage.transfer(call)).toEqual({ state: 'failed' });
    expect((await stage.row(call)).reason).toBe('recording_too_large');
  });

  test('when its format needs an ffmpeg that is not there', async () => {
    const link = stage.sandbox.telephony.recordingUrl({ worldId: 'alaw', format: 'wav-alaw', talkSeconds: 20 });
    const recordings = createRecordings({
      insecureHosts: [new URL(stage.sandbox.addresses.telephony).host],
      ffmpeg: '/nowhere/ffmpeg',
    });
    const call = await stage.plan({ link });
    expect(await stage.transfer(call, { recordings })).toEqual({ state: 'failed' });
    expect(await stage.row(call)).toMatchObject({ reason: 'audio_unsupported', audio_format: 'WAV G.711 A-law' });
    await recordings.close();
  });

  test('when SpeechSense looks at it and refuses', async () => {
    const call = await stage.plan();
    await speechSenseFault({ action: { kind: 'status', code: 3, message: '+79990000000' } });
    expect(await stage.transfer(call)).toEqual({ state: 'failed' });
    expect((await stage.row(call)).reason).toBe('rejected_by_speechsense');
  });

  const PRODUCED = FAILURE_REASONS.filter((reason): reason is typeof reason & ErrorCode => reason in ERROR_CODES);
  test.each(PRODUCED)('%s is recorded as that, once patience is over', async (code) => {
    const call = await stage.plan();
    const recordings = failing(new ExportError(code, { values: { format: 'flac', maxBytes: 1, what: '502' } }));
    expect(await stage.transfer(call, { recordings, recordingRetrySeconds: 0 })).toEqual({ state: 'failed' });
    expect(await stage.row(call)).toMatchObject({ state: 'failed', reason: code, audio_format: 'flac' });
  });

  test('a defect of ours is tried five times, then it is the call’s end', async () => {
    const call = await stage.plan();
    const recordings = failing(new TypeError('+79990000000 of undefined'));
    for (let attempt = 1; attempt < 5; attempt++) {
      await expect(stage.transfer(call, { recordings })).rejects.toMatchObject({ code: 'unexpected', kind: 'bug' });
      expect(await stage.row(call)).toMatchObject({ state: 'planned', reason: null, attempts: attempt });
    }
    expect(await stage.transfer(call, { recordings })).toEqual({ state: 'failed' });
    expect(await stage.row(call)).toMatchObject({ state: 'failed', reason: 'internal_error' });
  });
});

describe('somebody else’s trouble is not the call’s: it is given back', () => {
  test.each<[string, object, string]>([
    ['500', { kind: 'lie', lie: 'failing' }, 'recording_unreachable'],
    ['a cut', { kind: 'cut', afterBytes: 1_000 }, 'recording_truncated'],
  ])('while patience with the recording lasts (%s)', async (_, action, code) => {
    const call = await stage.plan();
    await telephonyFault(action);
    await expect(stage.transfer(call)).rejects.toMatchObject({ code, kind: 'retryable' });
    expect(await stage.row(call)).toMatchObject({ state: 'planned', reason: null });
    await telephonyFault({ kind: 'no-length' });
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
  });

  test('patience is counted from the first failure in a row', async () => {
    const call = await stage.plan();
    await telephonyFault({ kind: 'unavailable', retryAfterSeconds: 4 });
    await expect(stage.transfer(call)).rejects.toMatchObject({ retryAfterMs: 4_000 });
    await expect(stage.transfer(call)).rejects.toMatchObject({ code: 'recording_unreachable' });
    expect(await stage.transfer(call, { recordingRetrySeconds: 0 })).toEqual({ state: 'failed' });
  });

  test('when the key is refused, with what a person must act on', async () => {
    const call = await stage.plan();
    await stage.sandbox.speechsense.control('PUT', '/api-key', { apiKey: 'AQVNother' });
    await expect(stage.transfer(call)).rejects.toMatchObject({ code: 'speechsense_unauthenticated', kind: 'auth' });
    expect(await stage.row(call)).toMatchObject({ state: 'planned', reason: null });
    await stage.sandbox.speechsense.control('PUT', '/api-key', { apiKey: stage.sandbox.apiKey });
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
  });
});

describe('an answer that is lost', () => {
  test.each(['stored', 'half-closed'])('leaves the call unconfirmed, and it is not sent again (%s)', async (at) => {
    const call = await stage.plan();
    await speechSenseFault({ at, action: { kind: 'drop' } });
    expect(await stage.transfer(call)).toEqual({ state: 'unconfirmed' });
    expect(await stage.row(call)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost', talk_id: null });
    expect(await stage.transfer(call)).toEqual({ state: 'unconfirmed' });
    expect(uploads().begun).toBe(1);
  });
});

describe('a SpeechSense whose outage shows only behind the half-close', () => {
  test('leaves a few calls in doubt, not all; when it is back the rest is exported', async () => {
    const calls = await Promise.all(Array.from({ length: 16 }, () => stage.plan()));
    const states: string[] = [];
    await speechSenseFault({ at: 'half-closed', action: { kind: 'status', code: 14 } });
    const left = [...calls];
    const lane = async () => {
      for (let call = left.shift(); call; call = left.shift()) states.push((await stage.transfer(call)).state);
    };
    const lanes = Promise.all(Array.from({ length: 4 }, lane));
    // All lanes at once, then one of them alone.
    await waitFor(() => uploads().begun > 4, { what: 'one upload that tries' });
    await stage.sandbox.speechsense.control('PUT', '/faults', []);
    await lanes;
    const inDoubt = states.filter((state) => state === 'unconfirmed').length;
    expect(inDoubt).toBeGreaterThan(0);
    expect(inDoubt).toBeLessThan(8);
    expect(states.filter((state) => state === 'exported')).toHaveLength(16 - inDoubt);
    expect(stage.sandbox.telephony.counters().requests).toBe(16);
  });

  test('while it holds everybody back, no recording is fetched', async () => {
    await stage.ledger.brakes.pull(TEST_ACCOUNT);
    const call = await stage.plan();
    let held = false;
    const brakes = {
      ...stage.ledger.brakes,
      turn: async (...args: Parameters<typeof stage.ledger.brakes.turn>) => {
        const turn = await stage.ledger.brakes.turn(...args);
        if (turn.kind === 'wait') {
          held = true;
          expect(stage.sandbox.telephony.counters().requests).toBe(0);
        }
        return turn;
      },
    };
    expect(await stage.transfer(call, { ledger: { ...stage.ledger, brakes } })).toEqual({ state: 'exported' });
    expect(held).toBe(true);
    expect(await stage.ledger.brakes.turn(TEST_ACCOUNT)).toEqual({ kind: 'go', braked: false });
  });
});

describe('an answer that the ledger refuses to write down', () => {
  test('leaves the call unconfirmed with its talk in SpeechSense, and it is not sent again', async () => {
    const call = await stage.plan();
    const db = openDatabase(stage.databaseUrl, { maxConnections: 1 });
    try {
      await sql`
        create function refuse() returns trigger language plpgsql as $$ begin raise integrity_constraint_violation; end $$;
        create trigger refuse before update of talk_id on talks for each row execute function refuse()`.execute(db);
      expect(await stage.transfer(call)).toEqual({ state: 'unconfirmed' });
    } finally {
      await sql`drop function refuse cascade`.execute(db);
      await db.destroy();
    }
    expect(await stage.row(call)).toMatchObject({ state: 'unconfirmed', reason: 'answer_lost', talk_id: null });
    expect(await stage.transfer(call)).toEqual({ state: 'unconfirmed' });
    expect(talks()).toHaveLength(1);
  });
});

describe('an attempt whose call another one has taken', () => {
  test('drops its upload: the other’s is the only talk', async () => {
    const call = await stage.plan({ link: long('frozen') });
    await speechSenseFault({ at: 'mid-stream', times: 1, action: { kind: 'delay', delayMs: 2_000 } });
    const frozen = stage.transfer(call).catch((error: unknown) => error);
    await waitFor(() => uploads().open === 1, { what: 'the first upload to be under way' });
    const second = await stage.transfer(call);
    expect(await frozen).toMatchObject({ code: 'lease_lost', kind: 'retryable' });
    expect(second).toEqual({ state: 'exported' });
    expect(talks()).toHaveLength(1);
    expect(await stage.row(call)).toMatchObject({ state: 'exported', attempts: 2, talk_id: talks()[0]?.id });
  });

  test('in another export, leaves that one’s talk alone', async () => {
    const call = await stage.plan();
    const other = await stage.plan({ noteId: call.noteId });
    expect(await stage.transfer(other)).toEqual({ state: 'exported' });
    await expect(stage.transfer(call)).rejects.toMatchObject({ code: 'lease_lost', kind: 'retryable' });
    expect(await stage.transfer(call)).toEqual({ state: 'skipped' });
    expect(await stage.row(call)).toMatchObject({ state: 'skipped', reason: 'already_exported' });
    expect(talks()).toHaveLength(1);
  });
});

describe('a call that is interrupted goes back to planned, and nothing of it is stored', () => {
  const stop = new ActivityCancellationDetails({ cancelRequested: true });
  const shutdown = new ActivityCancellationDetails({ workerShutdown: true });
  const downloading = () => stage.sandbox.telephony.counters().open > 0;
  const uploading = () => uploads().open > 0;

  async function interrupted(
    during: 'download' | 'upload',
    reason: 'CANCELLED' | 'WORKER_SHUTDOWN',
  ): Promise<{ error: unknown; state: string; left: () => Promise<{ state: string }> }> {
    const call = await stage.plan({ link: long(`${during}-${reason}`) });
    if (during === 'download') await telephonyFault({ kind: 'drip', bytes: 10, everyMs: 20 });
    else await speechSenseFault({ at: 'start', action: { kind: 'slow', bytesPerSecond: 1_000 } });
    let cancel: () => void = () => undefined;
    const running = stage.transfer(call, {}, (environment) => {
      cancel = () => environment.cancel(reason, reason === 'CANCELLED' ? stop : shutdown);
    });
    const ended = running.then(
      (result) => new Error(`not interrupted: ${result.state}`),
      (error: unknown) => error,
    );
    await waitFor(during === 'download' ? downloading : uploading, { what: `the ${during} to be under way` });
    cancel();
    const error = await ended;
    const { state } = await stage.row(call);
    stage.sandbox.telephony.reset();
    await stage.sandbox.speechsense.control('PUT', '/faults', []);
    return { error, state, left: () => stage.transfer(call) };
  }

  test.each(['download', 'upload'] as const)('stopped in its %s, as a cancellation', async (during) => {
    const { error, state, left } = await interrupted(during, 'CANCELLED');
    expect(error).toBeInstanceOf(CancelledFailure);
    expect(state).toBe('planned');
    await waitFor(() => uploads().open === 0, { what: 'the upload to be cut' });
    expect(talks()).toEqual([]);
    expect(await left()).toEqual({ state: 'exported' });
    expect(talks()).toHaveLength(1);
  });

  test.each(['download', 'upload'] as const)('by its worker’s end in its %s, for another worker', async (during) => {
    const { error, state, left } = await interrupted(during, 'WORKER_SHUTDOWN');
    expect(error).toMatchObject({ code: 'worker_stopping', kind: 'retryable' });
    expect(state).toBe('planned');
    expect(await left()).toEqual({ state: 'exported' });
    expect(talks()).toHaveLength(1);
  });

  test.each([
    ['download', 'planned'],
    ['upload', 'exported'],
  ] as const)('in its %s while its worker is told to end, without haste, and is %s then', async (during, left) => {
    const call = await stage.plan(during === 'download' ? { link: long('ending') } : {});
    if (during === 'download') await telephonyFault({ kind: 'drip', bytes: 10, everyMs: 20 });
    else await speechSenseFault({ at: 'start', action: { kind: 'slow', bytesPerSecond: 60_000 } });
    const ending = new AbortController();
    const running = stage.transfer(call, { workerEnding: ending.signal });
    const ended = running.catch((error: unknown) => error);
    await waitFor(during === 'download' ? downloading : uploading, { what: `the ${during} to be under way` });
    ending.abort(new ExportError('worker_stopping'));
    expect(await ended).toMatchObject(left === 'exported' ? { state: left } : { code: 'worker_stopping' });
    expect((await stage.row(call)).state).toBe(left);
    stage.sandbox.telephony.reset();
    await stage.sandbox.speechsense.control('PUT', '/faults', []);
  });

  test.each([
    ['its link leads to nothing', new ExportError('recording_expired', { values: { what: 'not found' } })],
    ['its telephony asks not to be asked', sampleError('recording_unreachable', { retryAfterMs: 30_000 })],
  ])('stopped just when %s, and is not one that waits', async (_, error) => {
    const call = await stage.plan();
    let cancel: () => void = () => undefined;
    const receive = () => {
      cancel();
      return Promise.reject(error);
    };
    const recordings = { ...failing(error), receive };
    const running = stage.transfer(call, { recordings, recordingWaitHours: 1e6 }, (environment) => {
      cancel = () => environment.cancel('CANCELLED', stop);
    });
    await expect(running).rejects.toBeInstanceOf(CancelledFailure);
    expect((await stage.row(call)).state).toBe('planned');
  });

  test('its heartbeats tell the phase and the bytes, and end with it', async () => {
    const call = await stage.plan();
    await telephonyFault({ kind: 'drip', bytes: 10, everyMs: 20 });
    const beats: unknown[] = [];
    let cancel: () => void = () => undefined;
    const running = stage.transfer(call, {}, (environment) => {
      environment.on('heartbeat', (details: unknown) => beats.push(details));
      cancel = () => environment.cancel();
    });
    const ended = running.catch(() => undefined);
    await waitFor(() => beats.length > 0, { what: 'a heartbeat' });
    cancel();
    await ended;
    expect(beats[0]).toEqual({ phase: 'download', bytes: expect.any(Number) });
  });
});

describe('a call whose link leads to nothing', () => {
  test('waits while it is young: its recording may come yet, and then it is sent', async () => {
    const call = await stage.plan();
    await telephonyFault({ kind: 'lie', lie: 'expired' });
    // As if the call were of just now.
    expect(await stage.transfer(call, { recordingWaitHours: 1e6 })).toEqual({ state: 'waiting' });
    expect(await stage.row(call)).toMatchObject({ state: 'waiting', reason: 'recording_not_found' });
    stage.sandbox.telephony.reset();
    const planOptions = { batchSize: 10, recordingWaitHours: 48, now: new Date() };
    expect(await stage.ledger.plan.planWaiting(call.exportId, planOptions)).toEqual({ batches: 2 });
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
  });

  test('does not wait where it is gone for good', async () => {
    const call = await stage.plan();
    await telephonyFault({ kind: 'lie', lie: 'gone' });
    expect(await stage.transfer(call, { recordingWaitHours: 1e6 })).toEqual({ state: 'failed' });
  });
});

describe('a call whose telephony is not to be asked for a while', () => {
  const away = (retryAfterMs: number) => failing(sampleError('recording_unreachable', { retryAfterMs }));

  test('is put off to the end of its export, once; then it is waited for', async () => {
    const call = await stage.plan();
    expect(await stage.transfer(call, { recordings: away(30_000) })).toEqual({ state: 'waiting' });
    expect(await stage.row(call)).toMatchObject({ state: 'waiting', reason: 'telephony_away' });
    const planOptions = { batchSize: 10, recordingWaitHours: 48, now: new Date() };
    expect(await stage.ledger.plan.planWaiting(call.exportId, planOptions)).toEqual({ batches: 2 });
    expect(await stage.ledger.transfers.remainingOfBatch(call.exportId, 1)).toMatchObject([{ callId: call.callId }]);
    await expect(stage.transfer(call, { recordings: away(30_000) })).rejects.toMatchObject({
      code: 'recording_unreachable',
      retryAfterMs: 30_000,
    });
    expect(await stage.transfer(call)).toEqual({ state: 'exported' });
  });

  test('waits where it is for a pause of a few seconds', async () => {
    const call = await stage.plan();
    await expect(stage.transfer(call, { recordings: away(2_000) })).rejects.toMatchObject({ retryAfterMs: 2_000 });
    expect((await stage.row(call)).state).toBe('planned');
  });
});
