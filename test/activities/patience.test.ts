import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { patiently } from '../../ledger/database/patiently.ts';
import { type Brake, inTurn, uploadWhileAway } from '../../activities/transfers/upload-while-away.ts';
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { sampleError } from '../support/sample-error.ts';
import type { SpeechSense } from '../../speechsense/speechsense.ts';
import type { UploadRequest, UploadResult } from '../../speechsense/uploads/upload.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const away = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

describe('what only this process knows is written down patiently', () => {
  test('while Postgres is away, until it is back', async () => {
    let tries = 0;
    const write = () => (++tries < 3 ? Promise.reject(away()) : Promise.resolve('written'));
    expect(await patiently(write, 60_000)).toBe('written');
    expect(tries).toBe(3);
  });

  test('until patience is over: then Postgres’s absence is told', async () => {
    let tries = 0;
    const write = () => {
      tries++;
      return Promise.reject(away());
    };
    await expect(patiently(write, -1)).rejects.toMatchObject({ code: 'database_unreachable', kind: 'retryable' });
    expect(tries).toBe(1);
    await expect(patiently(write, 1)).rejects.toMatchObject({ code: 'database_unreachable' });
    expect(tries).toBe(3);
  });

  test('but once only, when trying again mends nothing', async () => {
    let tries = 0;
    const defect = () => {
      tries++;
      return Promise.reject(new TypeError('ours'));
    };
    await expect(patiently(defect, 60_000)).rejects.toMatchObject({ code: 'unexpected' });
    expect(tries).toBe(1);
  });
});

describe('an upload to a SpeechSense that is away', () => {
  const RESULT: UploadResult = { talkId: 'aud1', bytes: 3 };

  /** A SpeechSense whose uploads end like this, one after another; then they succeed. */
  function speechSenseThat(...ends: (Error | (() => Error))[]): SpeechSense & { uploads: number } {
    const left = [...ends];
    const unused = () => Promise.reject(new Error('not used here'));
    const fake = {
      uploads: 0,
      upload: () => {
        fake.uploads++;
        const end = left.shift();
        if (end === undefined) return Promise.resolve(RESULT);
        return Promise.reject(typeof end === 'function' ? end() : end);
      },
      checkConnection: unused,
      findTalks: unused,
      findTalksDated: unused,
      getTalks: unused,
      close: () => undefined,
    };
    return fake;
  }
  const requestWith = (signal: AbortSignal): UploadRequest => ({
    connectionId: 'c',
    apiKey: 'k',
    fields: {},
    audio: { container: 'mp3', sizeBytes: 0, chunks: () => (async function* () {})() },
    signal,
  });
  const hooks = { beforeCommit: () => Promise.resolve() };
  const withoutPauses = () => jest.spyOn(Math, 'random').mockReturnValue(0);

  /** Of one process only; how it is shared is the ledger's, see test/ledger/brakes.test.ts. */
  let heldUntil = 0;
  let pulled = 0;
  let handedBack = 0;
  /** For how long it holds once pulled. */
  let pauseMs = 0;
  beforeEach(() => void (heldUntil = pulled = handedBack = pauseMs = 0));
  const brake: Brake = {
    turn: () => {
      const waitMs = heldUntil - performance.now();
      return Promise.resolve(waitMs > 0 ? { kind: 'wait', waitMs } : { kind: 'go', braked: heldUntil > 0 });
    },
    pull: () => {
      pulled++;
      heldUntil = performance.now() + pauseMs;
      return Promise.resolve();
    },
    release: () => Promise.resolve(void (heldUntil = 0)),
    handBack: () => {
      handedBack++;
      return Promise.resolve();
    },
  };

  function upload(
    speechSense: SpeechSense,
    { signal = new AbortController().signal, reopen = jest.fn(), first = { braked: false } } = {},
  ) {
    return uploadWhileAway(speechSense, requestWith(signal), hooks, brake, first, () => Promise.resolve(reopen()));
  }

  test.each(['speechsense_unavailable', 'speechsense_tls_failed', 'speechsense_throttled', 'upload_cut'] as const)(
    'is tried again after %s, its marker taken back before every further try',
    async (code) => {
      withoutPauses();
      const speechSense = speechSenseThat(sampleError(code), sampleError(code));
      const reopen = jest.fn(() => {
        expect(speechSense.uploads).toBe(reopen.mock.calls.length);
      });
      expect(await upload(speechSense, { reopen })).toEqual(RESULT);
      expect(speechSense.uploads).toBe(3);
      expect(reopen).toHaveBeenCalledTimes(2);
      // What cut this upload need not be everybody's trouble.
      expect(pulled).toBe(code === 'upload_cut' ? 0 : 2);
      expect(heldUntil).toBe(0);
    },
  );

  const OTHERS = (Object.keys(ERROR_CODES) as ErrorCode[]).filter(
    (code) =>
      !['speechsense_unavailable', 'speechsense_tls_failed', 'speechsense_throttled', 'upload_cut'].includes(code),
  );
  test.each(OTHERS)('is not tried again after %s', async (code) => {
    const speechSense = speechSenseThat(sampleError(code));
    const reopen = jest.fn();
    await expect(upload(speechSense, { reopen })).rejects.toMatchObject({ code });
    expect(speechSense.uploads).toBe(1);
    expect(reopen).not.toHaveBeenCalled();
  });

  test('is not tried again after an unknown error', async () => {
    const speechSense = speechSenseThat(new TypeError('ours'));
    await expect(upload(speechSense)).rejects.toThrow(TypeError);
    expect(speechSense.uploads).toBe(1);
  });

  test.each([
    ['upload_unconfirmed', 'UNAVAILABLE'],
    ['upload_unconfirmed', 'no answer'],
    ['upload_cut', 'stalled'],
  ] as const)('holds the others back after %s, %s: an outage may show only there', async (code, what) => {
    withoutPauses();
    const ended = upload(speechSenseThat(new ExportError(code, { values: { what } })));
    // Whatever may be stored is not sent again.
    if (code === 'upload_unconfirmed') await expect(ended).rejects.toMatchObject({ code });
    else expect(await ended).toEqual(RESULT);
    expect(pulled).toBe(1);
  });

  test('holds nobody back when its answer was given up for a stop', async () => {
    const stop = new AbortController();
    const speechSense = speechSenseThat(() => {
      stop.abort();
      return new ExportError('upload_unconfirmed', { values: { what: 'stopped' } });
    });
    await expect(upload(speechSense, { signal: stop.signal })).rejects.toMatchObject({ code: 'upload_unconfirmed' });
    expect(pulled).toBe(0);
  });

  test('as the one that tries does not wait for its own turn again, and lets the others on', async () => {
    heldUntil = performance.now() + 3_600_000;
    const speechSense = speechSenseThat();
    expect(await upload(speechSense, { first: { braked: true } })).toEqual(RESULT);
    expect(heldUntil).toBe(0);
  });

  test('as the one that tried in vain waits for a turn as all others do', async () => {
    withoutPauses();
    pauseMs = 20;
    const turn = jest.spyOn(brake, 'turn');
    const speechSense = speechSenseThat(sampleError('speechsense_unavailable'), () => {
      expect(turn).toHaveBeenCalled();
      return sampleError('speechsense_rejected');
    });
    await expect(upload(speechSense, { first: { braked: true } })).rejects.toMatchObject({
      code: 'speechsense_rejected',
    });
    expect(speechSense.uploads).toBe(2);
  });

  test.each([
    ['lets the others on by any answer of SpeechSense', 'speechsense_rejected' as const, true],
    ['lets nobody on by what says nothing of SpeechSense', 'lease_lost' as const, false],
  ])('as the one that tries %s: %s', async (_, code, isOver) => {
    heldUntil = performance.now() + 3_600_000;
    const ended = upload(speechSenseThat(sampleError(code)), { first: { braked: true } });
    await expect(ended).rejects.toMatchObject({ code });
    expect(heldUntil === 0).toBe(isOver);
  });

  describe('before which its recording is received', () => {
    const { signal } = new AbortController();

    test('in its turn, which goes with it', async () => {
      heldUntil = performance.now() + 50;
      const receive = () => Promise.resolve(heldUntil - performance.now() <= 0);
      expect(await inTurn(brake, signal, receive)).toEqual({
        turn: expect.objectContaining({ braked: true }),
        result: true,
      });
    });

    test('and cannot be: then another one may try', async () => {
      heldUntil = 1;
      const expired = () => Promise.reject(new ExportError('recording_expired'));
      await expect(inTurn(brake, signal, expired)).rejects.toMatchObject({ code: 'recording_expired' });
      expect(handedBack).toBe(1);
      heldUntil = 0;
      await expect(inTurn(brake, signal, expired)).rejects.toMatchObject({ code: 'recording_expired' });
      expect(handedBack).toBe(1);
    });

    test('unless SpeechSense stays away: then it is not even asked for', async () => {
      heldUntil = Infinity;
      const start = performance.now();
      let calls = 0;
      jest.spyOn(performance, 'now').mockImplementation(() => (calls++ === 0 ? start : start + 61 * 60_000));
      const receive = jest.fn(() => Promise.resolve());
      await expect(inTurn(brake, signal, receive)).rejects.toMatchObject({ code: 'speechsense_unavailable' });
      expect(receive).not.toHaveBeenCalled();
    });
  });

  test('ends with its error once patience is over', async () => {
    withoutPauses();
    const start = performance.now();
    const clock = jest.spyOn(performance, 'now');
    const speechSense = speechSenseThat(sampleError('upload_cut'), () => {
      clock.mockReturnValue(start + 61 * 60_000);
      return sampleError('speechsense_unavailable');
    });
    await expect(upload(speechSense)).rejects.toMatchObject({ code: 'speechsense_unavailable' });
    expect(speechSense.uploads).toBe(2);
  });

  test('ends when it is stopped during the upload', async () => {
    const stop = new AbortController();
    const speechSense = speechSenseThat(() => {
      stop.abort();
      return sampleError('upload_cut');
    });
    await expect(upload(speechSense, { signal: stop.signal })).rejects.toMatchObject({ code: 'upload_cut' });
    expect(speechSense.uploads).toBe(1);
  });

  test('ends when it is stopped in a pause, without another try', async () => {
    const stop = new AbortController();
    pauseMs = 3_600_000;
    const speechSense = speechSenseThat(sampleError('speechsense_throttled'));
    const ended = upload(speechSense, { signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    expect(speechSense.uploads).toBe(1);
  });
});
