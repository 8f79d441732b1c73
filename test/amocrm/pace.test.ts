import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createAmocrmPaces, type Pace, type Priority, type SharedPace } from '../../amocrm/pacing/pace.ts';
import { ExportError } from '../../errors/export-error.ts';
import { sampleError } from '../support/sample-error.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { openTestLedger, TEST_KEYS, type TestLedger } from '../support/ledger.ts';
import { waitFor } from '../support/wait-for.ts';

let t: TestLedger;
let other: Ledger;
let accountId = 0;
beforeAll(async () => {
  t = await openTestLedger();
  other = openLedger({ databaseUrl: t.databaseUrl, encryptionKeys: TEST_KEYS });
});
beforeEach(() => {
  accountId++;
});
afterAll(async () => {
  await other.close();
  await t.close();
});

/** Holds this process up, as a machine without a free processor does. */
function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** The paces of one process; what it asks of the ledger is written down. */
function processOf(ledger: Ledger, requestsPerSecond: number, onAnswer?: (answer: { waitMs: number }) => void) {
  const asked: (Date | undefined)[] = [];
  const shared: SharedPace = {
    ...ledger.rateBuckets,
    takeTurn: async (turn) => {
      asked.push(turn.place);
      const answer = await ledger.rateBuckets.takeTurn(turn);
      onAnswer?.(answer);
      return answer;
    },
  };
  const paces = createAmocrmPaces(shared, requestsPerSecond);
  const pace = (priority: Priority): Pace => paces({ accountId, client: 'long_lived', priority });
  return { asked, bulk: pace('bulk'), interactive: pace('interactive') };
}

describe('requests of one account', () => {
  test('do not use a turn whose moment their process slept through: they take another one', async () => {
    const { asked, interactive } = processOf(t.ledger, 4, (answer) => {
      if (asked.length === 2) setTimeout(() => busy(answer.waitMs + 400), 0);
    });
    await interactive();
    const before = performance.now();
    await interactive();
    expect(asked).toHaveLength(3);
    // Behind the moment that was lost: a slot of its own.
    expect(performance.now() - before).toBeGreaterThan(400);
  });

  test('do not use a turn whose moment passes before they are written: they take another one', async () => {
    const { asked, bulk } = processOf(t.ledger, 4);
    const turn = await bulk();
    await turn.due();
    const before = asked.length;
    busy(400);
    await turn.due();
    expect(asked.length).toBeGreaterThan(before);
    const again = asked.length;
    await turn.due();
    expect(asked).toHaveLength(again);
  });

  test('come first, served first, when they can wait', async () => {
    const { bulk } = processOf(t.ledger, 200);
    const served: number[] = [];
    await Promise.all(Array.from({ length: 30 }, (_, n) => bulk().then(() => served.push(n))));
    expect(served).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });

  test('of two processes that both want all they can get are served alike', async () => {
    const processes = [processOf(t.ledger, 100), processOf(other, 100)];
    const served = [0, 0];
    const stop = new AbortController();
    await Promise.all(
      processes.map(async ({ bulk }, n) => {
        while (!stop.signal.aborted) {
          await bulk();
          served[n] = (served[n] ?? 0) + 1;
          if (served.every((count) => count >= 20) || served.some((count) => count >= 60)) stop.abort();
        }
      }),
    );
    expect(Math.min(...served)).toBeGreaterThanOrEqual(19);
  });

  test('of a person go before all that can wait, in whatever process', async () => {
    // A slot is half a second: forty of them would be twenty.
    const [here, there] = [processOf(t.ledger, 2), processOf(other, 2)];
    const stop = new AbortController();
    setMaxListeners(40, stop.signal);
    let bulkServed = 0;
    const waiting = Promise.allSettled(
      Array.from({ length: 40 }, async (_, n) => {
        await (n % 2 ? here : there).bulk(stop.signal);
        bulkServed++;
      }),
    );
    await waitFor(() => bulkServed > 0 && here.asked.length > 0 && there.asked.length > 0, { what: 'a queue' });
    const before = bulkServed;
    await there.interactive();
    expect(bulkServed - before).toBeLessThanOrEqual(2);
    stop.abort();
    await waiting;
  });

  test('are not kept in a line of which nobody is served: who is stopped leaves it at once, and costs nobody a turn', async () => {
    // A slot is a thousand seconds: nobody but the first is served in this test.
    const { bulk, asked } = processOf(t.ledger, 0.001);
    await bulk();
    const stops = [new AbortController(), new AbortController(), new AbortController()];
    const waiting = stops.map(({ signal }) => bulk(signal));
    const ended = Promise.allSettled(waiting);
    await waitFor(() => asked.length === 2, { what: 'the head of the line to ask' });
    // The last one and the head leave; the middle one takes the head's place.
    stops[2]?.abort();
    await expect(waiting[2]).rejects.toThrow(/abort/);
    stops[0]?.abort();
    await expect(waiting[0]).rejects.toThrow(/abort/);
    await waitFor(() => asked.length === 3, { what: 'the next one to ask' });
    expect(asked.slice(0, 2)).toEqual([undefined, undefined]);
    expect(asked[2]).toBeInstanceOf(Date);
    stops[1]?.abort();
    await ended;
  });

  test('do not ask at all when they are stopped before', async () => {
    const { bulk, interactive, asked } = processOf(t.ledger, 6);
    await expect(bulk(AbortSignal.abort())).rejects.toThrow(/abort/);
    await expect(interactive(AbortSignal.abort())).rejects.toThrow(/abort/);
    expect(asked).toEqual([]);
  });
});

describe('a refusal', () => {
  const throttled = (retryAfterMs: number) => new ExportError('amocrm_throttled', { retryAfterMs });

  test('of one request is waited for by those of every process', async () => {
    const [here, there] = [processOf(t.ledger, 100), processOf(other, 100)];
    await (await here.bulk()).end(throttled(400));
    const { until } = (await t.ledger.rateBuckets.rest(accountId)) ?? { until: new Date(0) };
    const turns = await Promise.all([there.bulk(), here.interactive()].map((turn) => turn.then(endAnswered)));
    expect(turns.every((at) => at >= until.getTime())).toBe(true);

    async function endAnswered(turn: Awaited<ReturnType<Pace>>) {
      const at = Date.now();
      await turn.end('answered');
      return at;
    }
  });

  test('that is to last ends a step with how long it is, a person’s sooner than an export’s', async () => {
    const { bulk, interactive } = processOf(t.ledger, 100);
    await (await bulk()).end(throttled(30_000));
    await expect(interactive()).rejects.toMatchObject({ code: 'amocrm_throttled' });
    const stop = new AbortController();
    const waiting = bulk(stop.signal);
    await (
      await processOf(other, 100)
        .bulk(AbortSignal.abort())
        .catch(() => undefined)
    )?.end('unknown');
    stop.abort();
    await expect(waiting).rejects.toThrow(/abort/);

    await t.ledger.rateBuckets.refused(accountId, 'amocrm_throttled', 3_000_000);
    const error: unknown = await bulk().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'amocrm_throttled', kind: 'throttled' });
    expect((error as ExportError).retryAfterMs).toBeGreaterThan(2_900_000);
  });

  test('whose end nobody knows yet, because the first request behind it has no answer, is not waited for by a person', async () => {
    const { bulk, interactive } = processOf(t.ledger, 100);
    await (await bulk()).end(throttled(1));
    const probe = await bulk();
    let clock = performance.now();
    const now = jest.spyOn(performance, 'now').mockImplementation(() => (clock += 1_000));
    await expect(interactive()).rejects.toMatchObject({ code: 'amocrm_throttled' });
    now.mockRestore();
    await probe.end('answered');
    await expect(interactive()).resolves.toBeDefined();
  });

  test('that comes after another one was over is waited for as if it were the first', async () => {
    // A person waits for a rest, then for a turn, then for the next rest: five seconds at most for each of the two.
    const answers: Awaited<ReturnType<SharedPace['takeTurn']>>[] = [
      { granted: false, nowMs: 0, waitMs: 1, place: new Date(), reason: 'amocrm_throttled' },
      { granted: false, nowMs: 0, waitMs: 1, place: new Date(), reason: null },
      { granted: false, nowMs: 0, waitMs: 1, place: new Date(), reason: 'amocrm_throttled' },
    ];
    let clock = performance.now();
    const now = jest.spyOn(performance, 'now').mockImplementation(() => clock);
    const takeTurn = () => {
      clock += 3_000;
      const answer = answers.shift() ?? ({ granted: true, waitMs: 0, probe: false } as const);
      return Promise.resolve({ ...answer, nowMs: clock });
    };
    const paces = createAmocrmPaces({ ...t.ledger.rateBuckets, takeTurn }, 100);
    const turn = paces({ accountId, client: 'long_lived', priority: 'interactive' })();
    await expect(turn.finally(() => now.mockRestore())).resolves.toBeDefined();
    expect(answers).toEqual([]);
  });

  test('by a block page keeps everybody away, and says what a person must do', async () => {
    const { bulk } = processOf(t.ledger, 100);
    await (await bulk()).end(new ExportError('amocrm_blocked'));
    await expect(bulk()).rejects.toThrow(/Write to amoCRM support/);
    await expect(processOf(other, 100).interactive()).rejects.toMatchObject({ code: 'amocrm_blocked' });
  });

  test.each([
    ['an answer', 'answered' as const, true],
    ['a no that is amoCRM’s own', sampleError('amocrm_unauthorized'), true],
    ['no answer', sampleError('amocrm_unavailable'), false],
    ['an answer that is not amoCRM’s', sampleError('amocrm_bad_answer'), false],
    ['a stop', 'unknown' as const, false],
  ])('is over for the others after %s to the first request behind it: %p', async (_, fared, over) => {
    const { bulk } = processOf(t.ledger, 1000);
    await (await bulk()).end(throttled(1));
    const probe = await bulk();
    const second = await t.ledger.rateBuckets.takeTurn(asInteractive());
    expect(second).toMatchObject({ granted: false, reason: 'amocrm_throttled' });
    await probe.end(fared);
    expect(await t.ledger.rateBuckets.takeTurn(asInteractive())).toMatchObject({ granted: true, probe: !over });
  });

  const asInteractive = () => ({ accountId, client: 'long_lived', requestsPerSecond: 1000, interactive: true });
});
