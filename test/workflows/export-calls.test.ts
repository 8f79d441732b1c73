import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import { ExportWorkflows } from '../../client/exports/export-workflows.ts';
import { SEARCH_ATTRIBUTES } from '../../environment/temporal-search-attributes.ts';
import type { ExportProgress } from '../../workflows/messages.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  createWorkflowStage,
  refuse,
  type RunningExport,
  Script,
  type StepName,
  untilCancelled,
  type WorkflowStage,
} from './workflow-stage.ts';

let stage: WorkflowStage;
beforeAll(async () => void (stage = await createWorkflowStage()));
afterAll(() => stage.close());

const progress = (run: RunningExport) => run.query<ExportProgress>('exportProgress');
const inState = (run: RunningExport, state: string) =>
  waitFor(async () => ((await progress(run)).state === state ? progress(run) : undefined), {
    what: `it to be ${state}`,
  });
const asked = (script: Script, name: StepName, times = 1) =>
  waitFor(() => script.of(name).length >= times, { what: `${name} to be asked ${times} times` });
const named = (script: Script) => script.steps.map(({ name }) => name).filter((name) => name !== 'recordState');
const transferred = (script: Script) => script.of('transferCall').map(({ callId }) => callId);
const sorted = (ids: unknown[]) => [...ids].sort((a, b) => Number(a) - Number(b));
const status = async (run: RunningExport) => (await run.describe()).typedSearchAttributes.get(SEARCH_ATTRIBUTES.status);

describe('an export', () => {
  test('opens, lists page by page, plans, transfers every call once, settles and closes', async () => {
    const script = new Script([[1, 2, 3], [4, 5], [6]]);
    const cursors = [2, 3].map((page) => ({ source: 'leads', since: 1_000, page, foundInPass: 0 }));
    script.on.listCallsPage = (_, time) => {
      const next = cursors[time - 1];
      return next && Promise.resolve({ next, listedCalls: time });
    };
    const run = await stage.start(script);
    expect(await run.result()).toEqual({ state: 'completed', batches: 3 });

    expect(script.of('listCallsPage').map(({ cursor }) => cursor)).toEqual([null, ...cursors]);
    const steps = named(script);
    expect(steps.slice(0, 5)).toEqual(['openExport', 'listCallsPage', 'listCallsPage', 'listCallsPage', 'closePlan']);
    expect(steps.slice(-4)).toEqual(['rereadNotes', 'planWaiting', 'confirmTalks', 'closeExport']);
    expect(sorted(transferred(script))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(sorted(script.of('prepareBatch').map(({ batch }) => batch))).toEqual([0, 1, 2]);
    expect(script.of('closeExport')[0]).toMatchObject({ state: 'completed', failedBy: null });
    expect(script.of('recordState').map(({ state }) => state)).toEqual(['transferring', 'settling']);
    expect(await progress(run)).toMatchObject({ state: 'completed', batches: { planned: 3, done: 3 } });
    expect(await status(run)).toBe('completed');
  });

  test('of no calls is done at once', async () => {
    const script = new Script([]);
    expect(await (await stage.start(script)).result()).toEqual({ state: 'completed', batches: 0 });
    expect(script.of('prepareBatch')).toEqual([]);
  });

  test('keeps as many calls under way as its pace says, and no more', async () => {
    const script = new Script([0, 10, 20, 30].map((from) => Array.from({ length: 8 }, (_, n) => from + n)));
    let release: () => void = () => undefined;
    const full = new Promise<void>((resolve) => (release = resolve));
    script.on.transferCall = async () => {
      if (script.transfersAtOnce === 6) release();
      await full;
      return undefined;
    };
    await (await stage.start(script, {}, { lanes: 3, openBatches: 2 })).result();
    expect(script.peakTransfers).toBe(6);
    expect(transferred(script)).toHaveLength(32);
  });

  test('takes up calls whose recording came while it ran', async () => {
    const script = new Script([[1]]);
    script.on.rereadNotes = (_, time) => Promise.resolve({ next: time === 1 ? 77 : null });
    script.on.planWaiting = () => {
      script.batches.push([2, 3]);
      return undefined;
    };
    expect(await (await stage.start(script)).result()).toEqual({ state: 'completed', batches: 2 });
    expect(script.of('rereadNotes').map(({ after }) => after)).toEqual([0, 77]);
    expect(sorted(transferred(script))).toEqual([1, 2, 3]);
    expect(script.of('planWaiting')).toHaveLength(1);
  });

  test('looks for lost talks until none is looked for any more, and sends again what is not there', async () => {
    const script = new Script([[1]]);
    script.on.confirmTalks = (_, time) => {
      if (time === 1) return Promise.resolve({ batches: 1, lookAgainInSeconds: 0.5 });
      if (time > 2) return undefined;
      script.batches.push([1]);
      return Promise.resolve({ batches: 2, lookAgainInSeconds: null });
    };
    expect(await (await stage.start(script)).result()).toEqual({ state: 'completed', batches: 2 });
    // Once more after what was sent again, whose answer may be lost as well.
    expect(script.of('confirmTalks')).toHaveLength(3);
    expect(transferred(script)).toEqual([1, 1]);
  });

  test('closes only when what it was before has been recorded: its last word is the last one', async () => {
    const script = new Script([[1]]);
    let record: () => void = () => undefined;
    const recorded = new Promise<undefined>((resolve) => (record = () => resolve(undefined)));
    script.on.recordState = ({ state }) => (state === 'settling' ? recorded : undefined);
    const run = await stage.start(script);
    await asked(script, 'confirmTalks');
    // It has heard that no talk is looked for, and has nothing else to do.
    const isIdle = async () => (await run.fetchHistory()).events?.at(-1)?.workflowTaskCompletedEventAttributes;
    await waitFor(async () => script.of('closeExport').length > 0 || (await isIdle()), { what: 'it to be idle' });
    const closed = script.of('closeExport');
    record();
    expect(await run.result()).toMatchObject({ state: 'completed' });
    expect(closed).toEqual([]);
    expect(script.of('closeExport')).toMatchObject([{ state: 'completed' }]);
  });

  test('that waits for an index is stopped at once', async () => {
    const script = new Script([[1]]);
    script.on.confirmTalks = () => Promise.resolve({ batches: 1, lookAgainInSeconds: 3_600 });
    const run = await stage.start(script);
    await asked(script, 'confirmTalks');
    await inState(run, 'settling');
    await run.signal('stopExport');
    expect(await run.result()).toMatchObject({ state: 'stopped' });
    expect(script.of('confirmTalks')).toHaveLength(1);
  });

  test('waits for what passes, and a step that is tried again is the same step', async () => {
    const script = new Script([[1]]);
    script.on.openExport = (_, time) => (time < 3 ? refuse('amocrm_unavailable') : undefined);
    script.on.transferCall = (_, time) => (time < 3 ? refuse('speechsense_throttled') : undefined);
    expect(await (await stage.start(script)).result()).toMatchObject({ state: 'completed' });
    expect(new Set(script.of('openExport').map((input) => JSON.stringify(input))).size).toBe(1);
    expect(transferred(script)).toEqual([1, 1, 1]);
  });

  test('that is a preview ends with its plan', async () => {
    const script = new Script([[1], [2]]);
    expect(await (await stage.start(script, { kind: 'preview' })).result()).toEqual({ state: 'completed', batches: 2 });
    expect(named(script)).toEqual(['openExport', 'listCallsPage', 'closePlan', 'closeExport']);
  });

  test.each(['openExport', 'listCallsPage'] as const)(
    'that is a preview and lacks what a person must give fails by it in %s: nobody resumes a preview',
    async (name) => {
      const script = new Script([[1]]);
      script.on[name] = () => refuse('amocrm_forbidden', { right: 'x' });
      const run = await stage.start(script, { kind: 'preview' });
      await expect(run.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      expect(script.of('closeExport')[0]).toMatchObject({ state: 'failed', failedBy: 'amocrm_forbidden' });
      expect(script.of('recordState')).toEqual([]);
    },
  );

  test('that is a retry lists nothing, and reads the notes of its calls again before it plans', async () => {
    const script = new Script([[5]]);
    const retry = { exportId: 'the-earlier-one', reasons: ['recording_expired'], unconfirmed: false, missing: false };
    await (await stage.start(script, { kind: 'retry', retry })).result();
    expect(named(script).slice(0, 3)).toEqual(['openExport', 'rereadNotes', 'closePlan']);
    expect(script.of('listCallsPage')).toEqual([]);
    expect(script.of('openExport')[0]).toMatchObject({ kind: 'retry', retry });
    expect(transferred(script)).toEqual([5]);
  });

  test('cannot be started beside a running one of its account', async () => {
    const script = new Script();
    script.on.openExport = untilCancelled;
    const run = await stage.start(script);
    await expect(stage.start(new Script(), { accountId: run.accountId })).rejects.toThrow(
      WorkflowExecutionAlreadyStartedError,
    );
    await run.signal('stopExport');
    expect(await run.result()).toMatchObject({ state: 'stopped' });
    await (await stage.start(new Script(), { accountId: run.accountId })).result();
  });

  test('costs one activity a call in history, and no more than the tasks between them', async () => {
    const script = new Script([Array.from({ length: 40 }, (_, n) => n)]);
    const run = await stage.start(script, {}, { lanes: 8 });
    await run.result();
    const { exportId } = await progress(run);
    const batch = stage.client.workflow.getHandle(`export-${run.accountId}/${exportId}/batch-0`);
    const { events } = await batch.fetchHistory();
    expect((events ?? []).length / 40).toBeLessThan(6.5);
  });
});

test('an export on a server that does not know its search attributes goes its whole way without them', async () => {
  const script = new Script([[1], [2]]);
  script.on.transferCall = ({ callId }, time) =>
    callId === 1 && time === 1 ? refuse('amocrm_unauthorized', { host: 'example.amocrm.ru' }) : undefined;
  const run = await stage.start(script, {}, { openBatches: 1, maxHistoryEvents: 40 }, { searchAttributes: false });
  await inState(run, 'blocked');
  await run.signal('resumeExport');
  expect(await run.result()).toEqual({ state: 'completed', batches: 2 });
  expect(await status(run)).toBeUndefined();
  expect((await progress(run)).state).toBe('completed');
});

describe('a refused token or key blocks an export until a person acts', () => {
  test.each<[StepName, string, boolean]>([
    ['openExport', 'planning', true],
    ['listCallsPage', 'planning', true],
    ['prepareBatch', 'transferring', true],
    ['transferCall', 'transferring', true],
    ['rereadNotes', 'settling', true],
    ['confirmTalks', 'settling', true],
  ])('in %s: it says so, and goes on when it is resumed', async (name, after) => {
    const script = new Script([[1], [2]]);
    const values = { host: 'example.amocrm.ru' };
    script.on[name] = (_, time) => (time === 1 ? refuse('amocrm_unauthorized', values) : undefined);
    const run = await stage.start(script, {}, { openBatches: 1 });
    const block = { blockedBy: 'amocrm_unauthorized', blockedValues: values };
    expect(await inState(run, 'blocked')).toMatchObject(block);
    await waitFor(() => script.of('recordState').some(({ state }) => state === 'blocked'), {
      what: 'it to be recorded',
    });
    expect(script.of('recordState').at(-1)).toMatchObject({ state: 'blocked', ...block });
    expect(await status(run)).toBe('blocked');
    const before = script.steps.length;

    await run.signal('resumeExport');
    expect(await run.result()).toEqual({ state: 'completed', batches: 2 });
    const resumed = script.steps.slice(before).find((step) => step.name === 'recordState');
    expect(resumed?.input).toMatchObject({ state: after, blockedBy: null, blockedValues: {} });
    expect([...new Set(sorted(transferred(script)))]).toEqual([1, 2]);
    expect(await progress(run)).toMatchObject({ state: 'completed', blockedBy: null });
  });

  test('in the middle of batches: what is under way ends, nothing else begins, the batch is run again', async () => {
    const script = new Script([[1, 2, 3], [4, 5], [6]]);
    let refused = false;
    script.on.transferCall = ({ callId }) => {
      if (callId !== 2 || refused) return undefined;
      refused = true;
      return refuse('speechsense_unauthenticated');
    };
    // The batch is read anew: calls that came through are not in it any more.
    script.on.prepareBatch = ({ batch }) => {
      const done = new Set(refused ? transferred(script).filter((callId) => callId !== 2) : []);
      const left = (script.batches[Number(batch)] ?? []).filter((callId) => !done.has(callId));
      return Promise.resolve(left.map((callId) => ({ callId, talkSeconds: 60 })));
    };
    const run = await stage.start(script, {}, { lanes: 1, openBatches: 1 });
    expect(await inState(run, 'blocked')).toMatchObject({ batches: { planned: 3, done: 0 } });
    expect(transferred(script)).toEqual([1, 2]);
    await run.signal('resumeExport');
    await run.result();
    expect(transferred(script)).toEqual([1, 2, 2, 3, 4, 5, 6]);
    expect(script.of('prepareBatch').map(({ batch }) => batch)).toEqual([0, 0, 1, 2]);
  });

  test('which comes later than a resume that nothing waited for: that one is forgotten', async () => {
    const script = new Script();
    let open: () => void = () => undefined;
    const held = new Promise<undefined>((resolve) => (open = () => resolve(undefined)));
    script.on.openExport = (_, time) => (time === 1 ? held : undefined);
    script.on.listCallsPage = (_, time) => (time === 1 ? refuse('amocrm_unauthorized') : undefined);
    const run = await stage.start(script);
    await asked(script, 'openExport', 1);
    await run.signal('resumeExport');
    open();
    await inState(run, 'blocked');
    expect(script.of('listCallsPage')).toHaveLength(1);
    await run.signal('resumeExport');
    expect(await run.result()).toMatchObject({ state: 'completed' });
  });

  test('twice, if it was not put right', async () => {
    const script = new Script();
    script.on.openExport = (_, time) => (time < 3 ? refuse('amocrm_unauthorized') : undefined);
    const run = await stage.start(script);
    for (const time of [1, 2]) {
      await asked(script, 'openExport', time);
      await inState(run, 'blocked');
      await run.signal('resumeExport');
    }
    expect(await run.result()).toMatchObject({ state: 'completed' });
  });

  test.each([
    ['by its signal', (run: RunningExport) => run.signal('stopExport')],
    ['by Temporal’s Cancel', (run: RunningExport) => run.cancel()],
  ])('and can be stopped instead (%s)', async (_, stop) => {
    const script = new Script();
    script.on.openExport = () => refuse('amocrm_unauthorized');
    const run = await stage.start(script);
    await inState(run, 'blocked');
    await stop(run);
    expect(await run.result()).toMatchObject({ state: 'stopped' });
    expect(script.of('closeExport')).toHaveLength(1);
  });
});

describe('a stop ends an export in whatever it does', () => {
  const PHASES: StepName[] = [
    'openExport',
    'listCallsPage',
    'closePlan',
    'prepareBatch',
    'transferCall',
    'rereadNotes',
    'planWaiting',
  ];
  const WAYS: [string, (run: RunningExport) => Promise<unknown>][] = [
    ['its signal', (run) => run.signal('stopExport')],
    ['Temporal’s Cancel', (run) => run.cancel()],
  ];
  test.each(PHASES.flatMap((name) => WAYS.map(([way, stop]) => [name, way, stop] as const)))(
    '%s, by %s: what runs is cancelled, nothing new begins, it closes as stopped',
    async (name, _, stop) => {
      const script = new Script([[1, 2, 3], [4], [5]]);
      script.on[name] = untilCancelled;
      const run = await stage.start(script, {}, { lanes: 1, openBatches: 1 });
      await asked(script, name);
      await stop(run);
      expect(await run.result()).toMatchObject({ state: 'stopped' });
      expect(script.of(name)).toHaveLength(1);
      const begun = script.steps.findIndex((step) => step.name === name);
      const after = script.steps.slice(begun + 1).filter((step) => step.name !== 'recordState');
      expect(after.map((step) => step.name)).toEqual(['closeExport']);
      expect(after[0]?.input).toMatchObject({ state: 'stopped', failedBy: null });
      expect(script.of('recordState').at(-1)).toMatchObject({ state: 'stopping' });
      expect(await status(run)).toBe('stopped');
    },
  );

  test('also one that waits to be tried again', async () => {
    const script = new Script();
    script.on.openExport = () => Promise.reject(new Error('an outage'));
    const run = await stage.start(script);
    await asked(script, 'openExport', 2);
    await run.signal('stopExport');
    expect(await run.result()).toMatchObject({ state: 'stopped' });
  });

  test.each(['openExport', 'prepareBatch', 'transferCall'] as const)(
    'also where an attempt of %s fails for an outage just then',
    async (name) => {
      const script = new Script([[1, 2], [3]]);
      script.on[name] = () => untilCancelled().catch(() => refuse('recording_unreachable'));
      const run = await stage.start(script, {}, { lanes: 1, openBatches: 1 });
      await asked(script, name);
      await run.signal('stopExport');
      expect(await run.result()).toMatchObject({ state: 'stopped' });
      expect(script.of('closeExport')).toMatchObject([{ state: 'stopped', failedBy: null }]);
    },
  );

  test('lets a call that is committing have its answer', async () => {
    const script = new Script([[1]]);
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    script.on.transferCall = async () => {
      await untilCancelled().catch(() => answered);
      return { state: 'exported' };
    };
    const run = await stage.start(script);
    await asked(script, 'transferCall');
    await run.signal('stopExport');
    expect(await inState(run, 'stopping')).toMatchObject({ batches: { planned: 1, done: 0 } });
    expect(script.of('closeExport')).toEqual([]);
    answer();
    expect(await run.result()).toMatchObject({ state: 'stopped' });
  });

  test('asked twice, or both ways, is one stop', async () => {
    const script = new Script();
    script.on.openExport = untilCancelled;
    const run = await stage.start(script);
    await asked(script, 'openExport');
    await Promise.all([run.signal('stopExport'), run.signal('stopExport'), run.cancel()]);
    await run.result();
    expect(script.of('closeExport')).toHaveLength(1);
  });
});

describe('what no attempt can mend ends an export as failed', () => {
  test.each<[StepName]>([
    ['openExport'],
    ['listCallsPage'],
    ['closePlan'],
    ['prepareBatch'],
    ['transferCall'],
    ['planWaiting'],
  ])('in %s: it closes, says why, and what was under way is brought to its end', async (name) => {
    const script = new Script([[1], [2]]);
    script.on[name] = () => refuse('amocrm_rejected', { what: '/users', status: 400 });
    const run = await stage.start(script);
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(script.of('closeExport')).toEqual([
      expect.objectContaining({
        state: 'failed',
        failedBy: 'amocrm_rejected',
        failedValues: { what: '/users', status: 400 },
      }),
    ]);
    expect(script.steps.at(-1)?.name).toBe('closeExport');
    expect(await progress(run)).toMatchObject({ state: 'failed', blockedBy: 'amocrm_rejected' });
    expect(await status(run)).toBe('failed');
  });
});

describe('an export whose history grows long goes on as a new run', () => {
  test('in the middle of its listing, from the very page', async () => {
    const script = new Script([[1]]);
    const PAGES = 12;
    script.on.listCallsPage = ({ cursor }) => {
      const page = cursor === null ? 1 : (cursor as { page: number }).page;
      const next = page < PAGES ? { source: 'contacts', since: 0, page: page + 1, foundInPass: 0 } : null;
      return Promise.resolve({ next, listedCalls: page });
    };
    const run = await stage.start(script, {}, { maxHistoryEvents: 20 });
    expect(await run.result()).toEqual({ state: 'completed', batches: 1 });
    const last = await run.describe();
    expect(last.runId).not.toBe(run.firstExecutionRunId);
    expect(script.of('listCallsPage')).toHaveLength(PAGES);
    expect(script.of('openExport')).toHaveLength(1);
    expect(script.of('closePlan')).toHaveLength(1);
  });

  test('between batches, once those under way are done, and with the right ones left', async () => {
    const script = new Script(Array.from({ length: 9 }, (_, batch) => [batch * 2, batch * 2 + 1]));
    const run = await stage.start(script, {}, { maxHistoryEvents: 45 });
    expect(await run.result()).toEqual({ state: 'completed', batches: 9 });
    expect((await run.describe()).runId).not.toBe(run.firstExecutionRunId);
    expect(sorted(script.of('prepareBatch').map(({ batch }) => batch))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(sorted(transferred(script))).toEqual(Array.from({ length: 18 }, (_, n) => n));
    for (const once of ['openExport', 'closePlan', 'planWaiting', 'closeExport'] as const) {
      expect([once, script.of(once).length]).toEqual([once, 1]);
    }
    expect(await progress(run)).toMatchObject({ batches: { planned: 9, done: 9 } });
  });

  test.each([
    ['before a retry is planned', 'retry' as const],
    ['before waiting calls are planned', 'export' as const],
  ])('while notes are read again %s, from the very note', async (_, kind) => {
    const script = new Script([[1]]);
    script.on.rereadNotes = ({ after }) => Promise.resolve({ next: Number(after) < 12 ? Number(after) + 1 : null });
    const run = await stage.start(script, { kind }, { maxHistoryEvents: 40 });
    expect(await run.result()).toMatchObject({ state: 'completed', batches: 1 });
    const once = Array.from({ length: 13 }, (__, after) => after);
    expect(script.of('rereadNotes').map(({ after }) => after)).toEqual(kind === 'retry' ? [...once, ...once] : once);
    expect(script.of('openExport')).toHaveLength(1);
    expect((await run.describe()).runId).not.toBe(run.firstExecutionRunId);
  });

  test('and can be stopped there', async () => {
    const script = new Script(Array.from({ length: 9 }, (_, batch) => [batch]));
    script.on.transferCall = ({ callId }) => (callId === 7 ? untilCancelled() : undefined);
    const run = await stage.start(script, {}, { maxHistoryEvents: 45, openBatches: 1 });
    await waitFor(() => transferred(script).includes(7), { what: 'the call that hangs' });
    const handle = stage.client.workflow.getHandle(run.workflowId);
    await handle.signal('stopExport');
    expect(await handle.result()).toMatchObject({ state: 'stopped' });
    expect(transferred(script)).not.toContain(8);
  });
});

describe('what a step fails by again and again', () => {
  const troubleOf = async ({ accountId }: RunningExport) =>
    (await new ExportWorkflows(stage.client, 'any').running(accountId))?.trouble;

  test.each(['openExport', 'listCallsPage'] as const)(
    'is told with its particulars while %s lasts, and no longer once it has come through',
    async (name) => {
      const script = new Script();
      let mended = false;
      script.on[name] = () => (mended ? undefined : refuse('amocrm_bad_answer', { what: '/leads/notes (id)' }));
      script.on.closePlan = untilCancelled;
      const run = await stage.start(script);
      const trouble = await waitFor(() => troubleOf(run), { what: 'the trouble to be told' });
      expect(trouble).toMatchObject({ code: 'amocrm_bad_answer', values: { what: '/leads/notes (id)' } });
      expect(trouble.attempts).toBeGreaterThanOrEqual(3);
      mended = true;
      await asked(script, 'closePlan');
      expect(await troubleOf(run)).toBeNull();
      await run.signal('stopExport');
      await run.result();
    },
  );
});

describe('exportProgress tells where an export is:', () => {
  test.each<[StepName, string, { planned: number; done: number }]>([
    ['openExport', 'planning', { planned: 0, done: 0 }],
    ['listCallsPage', 'planning', { planned: 0, done: 0 }],
    ['transferCall', 'transferring', { planned: 3, done: 0 }],
    ['rereadNotes', 'settling', { planned: 3, done: 3 }],
  ])('during %s it is %s', async (name, state, batches) => {
    const script = new Script([[1], [2], [3]]);
    script.on[name] = untilCancelled;
    const run = await stage.start(script);
    await asked(script, name);
    expect(await progress(run)).toEqual({
      exportId: script.of(name)[0]?.['exportId'],
      state,
      blockedBy: null,
      blockedValues: {},
      batches,
    });
    await run.signal('stopExport');
    await run.result();
    expect((await progress(run)).state).toBe('stopped');
  });

  test('a batch is done when its last call is', async () => {
    const script = new Script([[1], [2], [3]]);
    script.on.transferCall = ({ callId }) => (callId === 2 ? untilCancelled() : undefined);
    const run = await stage.start(script, {}, { openBatches: 1 });
    await waitFor(() => transferred(script).includes(2), { what: 'the second batch' });
    expect((await progress(run)).batches).toEqual({ planned: 3, done: 1 });
    await run.signal('stopExport');
    await run.result();
  });
});
