import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ExportError } from '../../errors/export-error.ts';
import { HostRests } from '../../recordings/host-brake.ts';
import { NoAnswer } from '../../recordings/http/no-answer.ts';
import type { Recordings } from '../../recordings/fetch-recording.ts';
import { createTransferStage, type TransferStage } from './transfer-stage.ts';

let stage: TransferStage;
beforeAll(async () => void (stage = await createTransferStage()));
afterEach(() => stage.sandbox.telephony.reset());
afterAll(() => stage.close());

const telephonyFault = (action: object) => stage.sandbox.telephony.control('PUT', '/faults', [{ action }]);
const YOUNG = { recordingWaitHours: 1e6 };
const planOptions = { batchSize: 10, recordingWaitHours: 48, now: new Date() };

describe('of a young call, an answer that its recording may come yet behind is waited out', () => {
  const lie = (name: string) => ({ kind: 'lie', lie: name });
  test.each([
    ['404, whatever its words', lie('expired'), 'waiting', 'recording_not_found'],
    ['404 of a store', lie('s3-no-key'), 'waiting', 'recording_not_found'],
    ['a bare 404', { kind: 'answer', status: 404 }, 'waiting', 'recording_not_found'],
    ['202', lie('processing'), 'waiting', 'recording_not_found'],
    ['204', lie('no-content'), 'waiting', 'recording_not_found'],
    ['409', lie('conflict'), 'waiting', 'recording_not_found'],
    ['423', lie('locked'), 'waiting', 'recording_not_found'],
    ['nothing with 200', lie('empty'), 'waiting', 'recording_not_found'],
    ['a store’s 403 for what is not there', lie('s3-denied'), 'waiting', 'recording_not_found'],
    ['a store’s 403 for a link that is over', lie('s3-expired'), 'failed', 'recording_expired'],
    ['a store’s 400 for a link that is over', lie('s3-token-expired'), 'failed', 'recording_expired'],
    ['403', lie('forbidden'), 'failed', 'recording_forbidden'],
    ['400', lie('no-files'), 'failed', 'recording_missing'],
    ['a page', lie('html'), 'failed', 'recording_not_audio'],
  ])('(%s)', async (_what, action, state, reason) => {
    const call = await stage.plan();
    await telephonyFault(action);
    expect(await stage.transfer(call, YOUNG)).toEqual({ state });
    expect(await stage.row(call)).toMatchObject({ state, reason });
  });
});

test.each([
  ['a loop of redirects', { kind: 'redirect-loop' }, 'recording_unreachable'],
  ['an answer of another protocol', { kind: 'not-http' }, 'recording_not_audio'],
])('what time cannot heal ends the call at once: %s', async (_what, action, reason) => {
  const call = await stage.plan();
  await telephonyFault(action);
  expect(await stage.transfer(call)).toEqual({ state: 'failed' });
  expect(await stage.row(call)).toMatchObject({ reason });
});

test('a link that names no host ends its young call at once', async () => {
  const call = await stage.plan({ link: 'https:///pbxcore/api/amo-crm/playback?view=/storage/1.mp3' });
  expect(await stage.transfer(call, YOUNG)).toEqual({ state: 'failed' });
  expect((await stage.row(call)).reason).toBe('recording_missing');
});

describe('a call’s own last answer is its reason', () => {
  /** Recordings that cannot be had for these reasons, one after the other. */
  function meeting(...errors: Error[]): Recordings & { asked: (boolean | undefined)[] } {
    const asked: (boolean | undefined)[] = [];
    return {
      asked,
      receive: (_link, { evenAtRest }) => {
        asked.push(evenAtRest);
        return Promise.reject(errors.shift() ?? new Error('asked too often'));
      },
      close: () => Promise.resolve(),
    };
  }
  const rests = (isUp = true, failingMs = 0) => new HostRests(30_000, failingMs, isUp);

  test.each<[string, Error, object]>([
    ['half a recording', new ExportError('recording_truncated'), {}],
    ['404 of a young call', new ExportError('recording_expired', { values: { what: 'not found' } }), YOUNG],
  ])('when its host is then left alone because of others, or cannot be reached (%s)', async (_what, met, deps) => {
    const reason = met instanceof ExportError ? met.code : '';
    for (const last of [rests(), new NoAnswer({ code: 'ECONNREFUSED' })]) {
      const call = await stage.plan();
      const first = stage.transfer(call, { recordings: meeting(met), ...deps });
      await first.catch(() => undefined);
      if ((await stage.row(call)).state === 'waiting') await stage.ledger.plan.planWaiting(call.exportId, planOptions);
      expect(await stage.transfer(call, { recordings: meeting(rests()) })).toEqual({ state: 'waiting' });
      await stage.ledger.plan.planWaiting(call.exportId, planOptions);
      expect(await stage.transfer(call, { recordings: meeting(last), recordingRetrySeconds: 0 })).toEqual({
        state: 'failed',
      });
      expect(await stage.row(call)).toMatchObject({ reason });
    }
  });

  test('and one that it never got is asked for once, before it fails for others’ on a host that is up', async () => {
    const call = await stage.plan();
    expect(await stage.transfer(call, { recordings: meeting(rests()) })).toEqual({ state: 'waiting' });
    await stage.ledger.plan.planWaiting(call.exportId, planOptions);
    const recordings = meeting(rests(true, 600_000), new ExportError('recording_forbidden'));
    expect(await stage.transfer(call, { recordings })).toEqual({ state: 'failed' });
    expect(recordings.asked).toEqual([false, true]);
    expect((await stage.row(call)).reason).toBe('recording_forbidden');
  });

  test('but a host that is down is not asked once more by each of its calls', async () => {
    const call = await stage.plan();
    await stage.transfer(call, { recordings: meeting(rests(false)) });
    await stage.ledger.plan.planWaiting(call.exportId, planOptions);
    const recordings = meeting(rests(false, 600_000));
    expect(await stage.transfer(call, { recordings })).toEqual({ state: 'failed' });
    expect(recordings.asked).toEqual([false]);
    expect((await stage.row(call)).reason).toBe('recording_unreachable');
  });
});
