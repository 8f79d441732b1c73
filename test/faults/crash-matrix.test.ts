import { afterEach, describe, expect, test } from '@jest/globals';
import type { ExportStatus } from '../../client/status.ts';
import { TWO_CHANNEL_KEYS } from '../../sandbox/speechsense/connection.ts';
import { closeGate, type LedgerGate } from '../support/ledger-gate.ts';
import { expectToAddUp, expectWhole, recordedCalls } from '../support/promises.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

/** A moment at which a worker is killed: how the export is brought there, and what becomes of what it had under way. */
interface Boundary {
  /** Faults that lead there, in force from the start. */
  faults?: { telephony?: object[]; speechsense?: object[] };
  /** Resolves at the moment. */
  reached: () => Promise<unknown>;
  /** After the kill: what other parts do with the dead worker's last wishes. */
  after?: () => Promise<unknown>;
}

/** The first five uploads go through, the next two meet the fault, those after them go through again. */
const AFTER_FIVE = { after: 5, times: 2 };

let stage: Stage;
let gate: LedgerGate | undefined;
afterEach(async () => {
  await gate?.open();
  gate = undefined;
  await stage.close();
});

const speechSense = () => stage.sandbox.speechsense.counters();
const struck = (times: number) => () =>
  waitFor(() => speechSense().faultsStruck >= times, { what: `${times} faults to strike` });
const stored = (talks: number) => () => waitFor(() => speechSense().uploads.stored >= talks, { what: 'some talks' });
const settling = () =>
  waitFor(async () => (await stage.exports.status(stage.accountId)).state === 'settling', { what: 'it to settle' });
const gateHolds = async (...fragments: string[]) => {
  gate ??= await closeGate(stage.environment['DATABASE_URL'] ?? '');
  return gate.holds(...fragments);
};
const nothingWritten = async () => {
  await gate?.killHeld();
  await openGate();
};
const openGate = async () => {
  await gate?.open();
  gate = undefined;
};
/** Answers lost on their way, by a worker that lives on and will look for their talks. */
const answersLost = (at: 'stored' | 'half-closed') => ({
  speechsense: [{ at, ...AFTER_FIVE, action: { kind: 'status', code: 14 } }],
});

const MARKER = 'insert into talks';
const RECORD = 'update talks set talk_id';
const ADOPTION = 'absent_since = null';
const LOOKED = 'looked_at = now()';
const SENDING_AGAIN = 'delete from talks k';

const BOUNDARIES: Record<string, Boundary> = {
  'before the stream': {
    faults: { telephony: [{ after: 6, action: { kind: 'silence' } }] },
    reached: () =>
      waitFor(() => Object.keys(stage.sandbox.telephony.requestsPer()).length >= 9, { what: 'silent downloads' }),
  },
  'mid-stream': {
    faults: { speechsense: [{ after: 5, action: { kind: 'slow', bytesPerSecond: 1_000 } }] },
    reached: () =>
      waitFor(() => speechSense().uploads.stored >= 5 && speechSense().uploads.open >= 2, { what: 'slow uploads' }),
  },
  'after the last chunk, the marker not written': {
    reached: () => stored(5)().then(() => gateHolds(MARKER)),
    after: nothingWritten,
  },
  'after the marker, before the half-close': {
    reached: () => stored(5)().then(() => gateHolds(MARKER)),
    after: openGate,
  },
  'after the half-close, nothing stored': {
    faults: { speechsense: [{ at: 'half-closed', ...AFTER_FIVE, action: { kind: 'silence' } }] },
    reached: struck(2),
  },
  'after the half-close, stored when the worker was dead already': {
    faults: { speechsense: [{ at: 'half-closed', ...AFTER_FIVE, action: { kind: 'delay', delayMs: 3_000 } }] },
    reached: struck(2),
  },
  'before the answer': {
    faults: { speechsense: [{ at: 'stored', ...AFTER_FIVE, action: { kind: 'silence' } }] },
    reached: struck(2),
  },
  'after the answer, nothing recorded': {
    faults: { speechsense: [{ at: 'stored', ...AFTER_FIVE, action: { kind: 'delay', delayMs: 2_000 } }] },
    reached: () => struck(2)().then(() => gateHolds(RECORD)),
    after: nothingWritten,
  },
  'while the answer is recorded': {
    faults: { speechsense: [{ at: 'stored', ...AFTER_FIVE, action: { kind: 'delay', delayMs: 2_000 } }] },
    reached: () => struck(2)().then(() => gateHolds(RECORD)),
    after: openGate,
  },
  'while it looks for lost talks': {
    faults: answersLost('stored'),
    reached: async () => {
      await settling();
      await stage.control('speechsense', 'PUT', '/faults', [{ rpc: 'Search', action: { kind: 'silence' } }]);
      await struck(3)();
    },
  },
  'while it adopts a talk, nothing written': {
    faults: answersLost('stored'),
    reached: () => settling().then(() => gateHolds(ADOPTION)),
    after: nothingWritten,
  },
  'after it adopted a talk, unreported': {
    faults: answersLost('stored'),
    reached: () => settling().then(() => gateHolds(ADOPTION)),
    after: openGate,
  },
  'while it plans again what is not there': {
    faults: answersLost('half-closed'),
    reached: async () => {
      await settling();
      // Looks that find nothing are let through, until two of them have proved the absence.
      while ((await gateHolds(LOOKED, SENDING_AGAIN)) === LOOKED) await openGate();
    },
    after: openGate,
  },
};
/** Between its half-close and its record an upload is in doubt; what tells the cases apart is whether it was stored. */
const IN_DOUBT = ['after the half-close, nothing stored', 'before the answer'] as const;

interface Circumstances {
  behaviour?: Record<string, unknown>;
  withinSeconds?: number;
  withoutCallId?: boolean;
}

/** Brings an export to the boundary, kills its worker there, and lets another one bring it to its end. */
async function killedAt(
  name: string,
  { behaviour = {}, withinSeconds = 60, withoutCallId = false }: Circumstances = {},
) {
  const { faults = {}, reached, after } = BOUNDARIES[name] ?? { reached: () => Promise.reject(new Error(name)) };
  stage = await createStage({
    sandbox: { calls: 26, talkScale: 0.2, streamWindowBytes: 16 * 1024 },
    pace: { batchSize: 26, lanes: 3, openBatches: 1, heartbeatSeconds: 4 },
    environment: { CONFIRM_AFTER_SECONDS: '1', CONFIRM_WITHIN_SECONDS: String(withinSeconds) },
  });
  await stage.control('speechsense', 'PUT', '/behaviour', { indexDelayMs: 500, ...behaviour });
  if (withoutCallId) {
    await stage.control('speechsense', 'PUT', `/connections/${stage.sandbox.connectionId}`, { keys: TWO_CHANNEL_KEYS });
  }
  for (const part of ['telephony', 'speechsense'] as const) {
    await stage.control(part, 'PUT', '/faults', faults[part] ?? []);
  }
  const worker = await stage.startWorker();
  const exportId = await stage.exports.start(stage.accountId, stage.settings());
  await reached();
  await worker.kill9();
  await after?.();
  for (const part of ['telephony', 'speechsense'] as const) await stage.control(part, 'PUT', '/faults', []);
  await stage.startWorker();
  return stage.finished(exportId, 120_000);
}

/** Judged by what SpeechSense itself has: every recording once and whole, and a report that says the same. */
async function expectOnceEach(status: ExportStatus) {
  const report = await stage.report(status.exportId);
  expect(status.state).toBe('completed');
  expectToAddUp(status, report);
  expect(stage.sandbox.speechsense.talksPer('audio').doubled).toEqual({});
  expect(stage.sandbox.speechsense.talks()).toHaveLength(recordedCalls(stage));
  await expectWhole(stage);
  const talkIds = report.filter(({ state }) => state === 'exported').map(({ talk_id }) => talk_id);
  expect(new Set(talkIds).size).toBe(talkIds.length);
}

describe('a worker that is killed', () => {
  test.each(Object.keys(BOUNDARIES))(
    '%s: nothing is lost, nothing doubled, nothing left in doubt',
    async (boundary) => {
      const status = await killedAt(boundary);
      expect(status.calls).toMatchObject({ unconfirmed: 0, exported: recordedCalls(stage) });
      await expectOnceEach(status);
    },
  );

  test.each(IN_DOUBT)('%s, with an index that is slow: the same', async (boundary) => {
    const status = await killedAt(boundary, { behaviour: { indexDelayMs: 9_000 } });
    expect(status.calls).toMatchObject({ unconfirmed: 0, exported: recordedCalls(stage) });
    await expectOnceEach(status);
  });

  test.each(IN_DOUBT)('%s, in a connection that does not keep call ids: the same', async (boundary) => {
    const status = await killedAt(boundary, { withoutCallId: true });
    expect(status.calls).toMatchObject({ unconfirmed: 0, exported: recordedCalls(stage) });
    await expectOnceEach(status);
  });

  test.each(IN_DOUBT)(
    '%s, with an index that shows nothing: says so, and the next export finds out',
    async (boundary) => {
      const { exportId, calls } = await killedAt(boundary, { behaviour: { indexDelayMs: 'never' }, withinSeconds: 4 });
      expect(calls.unconfirmed).toBeGreaterThan(0);
      expect(calls.exported + calls.unconfirmed).toBe(recordedCalls(stage));
      const inDoubt = (await stage.report(exportId)).filter(({ state }) => state === 'unconfirmed');
      expect(new Set(inDoubt.map(({ reason }) => reason))).toEqual(new Set(['talk_not_found']));

      await stage.control('speechsense', 'PUT', '/behaviour', { indexDelayMs: 0 });
      const next = await stage.finished(await stage.exports.start(stage.accountId, stage.settings()), 120_000);
      expect(next.calls).toMatchObject({ unconfirmed: 0, exported: calls.unconfirmed });
      await expectOnceEach(next);
    },
  );
});
