import { describe, expect, test } from '@jest/globals';
import { recordedCalls } from '../support/promises.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Boundary, CrashScene } from './crash-scene.ts';

/** The first five uploads go through, the next two meet the fault, those after them go through again. */
const AFTER_FIVE = { after: 5, times: 2 };

/** Answers lost on their way, by a worker that lives on and will look for their talks. */
const answersLost = (at: 'stored' | 'half-closed') => ({
  speechsense: [{ at, ...AFTER_FIVE, action: { kind: 'status', code: 14 } }],
});

/** Recordings that come slowly, so that calls are left to be caught however late the fifth talk is seen. */
const SLOW_AFTER_SIX = { telephony: [{ after: 6, action: { kind: 'first-byte', delayMs: 3_000 } }] };

const TROUBLE_AFTER_SIX = {
  telephony: [{ after: 6, times: 3, action: { kind: 'unavailable', retryAfterSeconds: 1 } }],
};

const MARKER = 'insert into talks';
const RECORD = 'with answered as';
const ADOPTION = 'absent_since = null';
const LOOKED = 'looked_at = now()';
const SENDING_AGAIN = 'delete from talks k';

/** The talks can be found only while the gate is closed: none is adopted unseen. */
async function adopting(scene: CrashScene): Promise<void> {
  await scene.indexes('never');
  await scene.settling();
  for (;;) {
    await scene.closeGate();
    await scene.indexes(500);
    if ((await scene.gateHolds(ADOPTION, LOOKED)) === ADOPTION) return;
    await scene.indexes('never');
    await scene.openGate();
  }
}

const BOUNDARIES = {
  'before the stream': {
    faults: { telephony: [{ after: 6, action: { kind: 'silence' } }] },
    reached: ({ stage }) =>
      waitFor(() => Object.keys(stage.sandbox.telephony.requestsPer()).length >= 9, { what: 'silent downloads' }),
  },
  'mid-stream': {
    faults: { speechsense: [{ after: 5, action: { kind: 'slow', bytesPerSecond: 1_000 } }] },
    reached: (scene) => waitFor(() => scene.uploads.stored >= 5 && scene.uploads.open >= 2, { what: 'slow uploads' }),
  },
  'as calls with trouble are given back': {
    faults: TROUBLE_AFTER_SIX,
    reached: ({ stage }) =>
      waitFor(() => Object.keys(stage.sandbox.telephony.requestsPer()).length >= 9, { what: 'calls with trouble' }),
  },
  'when calls with trouble go on alone': {
    faults: TROUBLE_AFTER_SIX,
    reached: ({ stage }) =>
      waitFor(() => Object.values(stage.sandbox.telephony.requestsPer()).some((times) => times > 1), {
        what: 'a call to be tried again',
      }),
  },
  'after the last chunk, the marker not written': {
    faults: SLOW_AFTER_SIX,
    reached: (scene) => scene.stored(5).then(() => scene.gateHolds(MARKER)),
    after: (scene) => scene.nothingWritten(),
  },
  'after the marker, before the half-close': {
    faults: SLOW_AFTER_SIX,
    reached: (scene) => scene.stored(5).then(() => scene.gateHolds(MARKER)),
    after: (scene) => scene.openGate(),
  },
  'after the half-close, nothing stored': {
    faults: { speechsense: [{ at: 'half-closed', ...AFTER_FIVE, action: { kind: 'silence' } }] },
    reached: (scene) => scene.struck(2),
  },
  'after the half-close, stored when the worker was dead already': {
    faults: { speechsense: [{ at: 'half-closed', ...AFTER_FIVE, action: { kind: 'delay', delayMs: 3_000 } }] },
    reached: (scene) => scene.struck(2),
  },
  'before the answer': {
    faults: { speechsense: [{ at: 'stored', ...AFTER_FIVE, action: { kind: 'silence' } }] },
    reached: (scene) => scene.struck(2),
  },
  'after the answer, nothing recorded': {
    faults: { speechsense: [{ at: 'stored', ...AFTER_FIVE, action: { kind: 'delay', delayMs: 2_000 } }] },
    reached: (scene) => scene.struck(2).then(() => scene.gateHolds(RECORD)),
    after: (scene) => scene.nothingWritten(),
  },
  'while the answer is recorded': {
    faults: { speechsense: [{ at: 'stored', ...AFTER_FIVE, action: { kind: 'delay', delayMs: 2_000 } }] },
    reached: (scene) => scene.struck(2).then(() => scene.gateHolds(RECORD)),
    after: (scene) => scene.openGate(),
  },
  'while it looks for lost talks': {
    faults: answersLost('stored'),
    reached: async (scene) => {
      // What no look finds is looked for again, however late the silence comes.
      await scene.indexes('never');
      await scene.settling();
      await scene.stage.control('speechsense', 'PUT', '/faults', [{ rpc: 'Search', action: { kind: 'silence' } }]);
      await scene.struck(3);
    },
    after: (scene) => scene.indexes(500),
  },
  'while it adopts a talk, nothing written': {
    faults: answersLost('stored'),
    reached: adopting,
    after: (scene) => scene.nothingWritten(),
  },
  'after it adopted a talk, unreported': {
    faults: answersLost('stored'),
    reached: adopting,
    after: (scene) => scene.openGate(),
  },
  'while it plans again what is not there': {
    faults: answersLost('half-closed'),
    reached: async (scene) => {
      await scene.settling();
      // Looks that find nothing are let through, until two of them have proved the absence.
      while ((await scene.gateHolds(LOOKED, SENDING_AGAIN)) === LOOKED) await scene.openGate();
    },
    after: (scene) => scene.openGate(),
  },
} satisfies Record<string, Boundary>;

/** Between its half-close and its record an upload is in doubt; what tells the cases apart is whether it was stored. */
const IN_DOUBT = ['after the half-close, nothing stored', 'before the answer'] as const;

describe('a worker that is killed', () => {
  test.concurrent.each(Object.entries(BOUNDARIES))(
    '%s: nothing is lost, nothing doubled, nothing left in doubt',
    (_, boundary) =>
      CrashScene.play({}, async (scene) => {
        const status = await scene.killAt(boundary);
        expect(status.calls).toMatchObject({ unconfirmed: 0, exported: recordedCalls(scene.stage) });
        await scene.expectOnceEach(status);
      }),
  );

  test.concurrent.each(IN_DOUBT)('%s, with an index that is slow: the same', (boundary) =>
    CrashScene.play({ behaviour: { indexDelayMs: 9_000 } }, async (scene) => {
      const status = await scene.killAt(BOUNDARIES[boundary]);
      expect(status.calls).toMatchObject({ unconfirmed: 0, exported: recordedCalls(scene.stage) });
      await scene.expectOnceEach(status);
    }),
  );

  test.concurrent.each(IN_DOUBT)('%s, in a connection that does not keep call ids: the same', (boundary) =>
    CrashScene.play({ withoutCallId: true }, async (scene) => {
      const status = await scene.killAt(BOUNDARIES[boundary]);
      expect(status.calls).toMatchObject({ unconfirmed: 0, exported: recordedCalls(scene.stage) });
      await scene.expectOnceEach(status);
    }),
  );

  test.concurrent.each(IN_DOUBT)(
    '%s, with an index that shows nothing: says so, and the next export finds out',
    (boundary) =>
      CrashScene.play({ behaviour: { indexDelayMs: 'never' }, withinSeconds: 4 }, async (scene) => {
        const { stage } = scene;
        const { exportId, calls } = await scene.killAt(BOUNDARIES[boundary]);
        expect(calls.unconfirmed).toBeGreaterThan(0);
        expect(calls.exported + calls.unconfirmed).toBe(recordedCalls(stage));
        const inDoubt = (await stage.report(exportId)).filter(({ state }) => state === 'unconfirmed');
        expect(new Set(inDoubt.map(({ reason }) => reason))).toEqual(new Set(['talk_not_found']));

        await scene.indexes(0);
        await scene.timePasses();
        const next = await stage.finished(await stage.exports.start(stage.accountId, stage.settings()), 120_000);
        expect(next.calls).toMatchObject({ unconfirmed: 0, exported: calls.unconfirmed });
        await scene.expectOnceEach(next);
      }),
  );
});
