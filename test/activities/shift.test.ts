import { describe, expect, test } from '@jest/globals';
import { runShift, type ShiftOptions, type ShiftWork } from '../../activities/transfers/shift.ts';

class Trouble extends Error {}
class Block extends Error {}

/** A promise that a test resolves or rejects. */
function gate() {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open: () => open() };
}

/** A shift over calls that are their own ids. */
function shiftOf(
  carry: (callId: number) => Promise<unknown>,
  options: ShiftOptions,
  work: Partial<ShiftWork<number>> = {},
) {
  const claims: number[][] = [];
  const givenBack: number[] = [];
  const result = runShift<number>(
    {
      claim: (ids) => {
        claims.push([...ids]);
        return Promise.resolve([...ids]);
      },
      idOf: (callId) => callId,
      carry,
      giveBack: (calls) => Promise.resolve(void givenBack.push(...calls)),
      endsShift: (error) => error instanceof Block,
      ...work,
    },
    options,
  );
  return { result, claims, givenBack };
}

const ids = (count: number) => Array.from({ length: count }, (_, nth) => nth + 1);
const done = () => Promise.resolve();
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a shift', () => {
  test('brings every call to its end, so many at a time, with a claim for sixteen', async () => {
    let underWay = 0;
    let most = 0;
    const { result, claims } = shiftOf(
      async () => {
        most = Math.max(most, ++underWay);
        await turn();
        underWay--;
      },
      { callIds: ids(40), lanes: 4 },
    );
    expect(await result).toEqual({ settled: 40, troubled: [], left: [] });
    expect(most).toBe(4);
    expect(claims.map(({ length }) => length)).toEqual([16, 16, 8]);
  });

  test('fills its lanes with the last calls, too', async () => {
    const three = gate();
    let underWay = 0;
    const { result } = shiftOf(
      () => {
        if (++underWay === 3) three.open();
        return three.promise;
      },
      { callIds: ids(3), lanes: 8 },
    );
    expect(await result).toMatchObject({ settled: 3 });
  });

  test('counts as settled what needs nothing any more', async () => {
    const carried: number[] = [];
    const { result } = shiftOf(
      (callId) => Promise.resolve(carried.push(callId)),
      { callIds: ids(3), lanes: 2 },
      { claim: () => Promise.resolve([2]) },
    );
    expect(await result).toEqual({ settled: 3, troubled: [], left: [] });
    expect(carried).toEqual([2]);
  });

  test('names the call that met trouble, and carries the others', async () => {
    const { result } = shiftOf((callId) => (callId === 2 ? Promise.reject(new Trouble()) : done()), {
      callIds: ids(5),
      lanes: 2,
    });
    expect(await result).toEqual({ settled: 4, troubled: [2], left: [] });
  });

  test('ended by what concerns every call, lets what is under way end, and gives back what it did not begin', async () => {
    const slow = gate();
    const ended: number[] = [];
    const { result, claims, givenBack } = shiftOf(
      async (callId) => {
        if (callId === 1) await slow.promise;
        if (callId === 2) throw new Block('refused');
        ended.push(callId);
      },
      { callIds: ids(20), lanes: 2 },
    );
    await turn();
    slow.open();
    await expect(result).rejects.toThrow(new Block('refused'));
    expect(ended).toEqual([1]);
    expect(claims).toEqual([ids(16)]);
    expect(givenBack).toEqual(ids(16).slice(2));
  });

  test('whose claim fails, fails with it', async () => {
    const { result, givenBack } = shiftOf(
      done,
      { callIds: ids(3), lanes: 2 },
      { claim: () => Promise.reject(new Trouble('away')) },
    );
    await expect(result).rejects.toThrow(new Trouble('away'));
    expect(givenBack).toEqual([]);
  });

  test('beyond its length begins nothing, and says what is left', async () => {
    const { result, givenBack } = shiftOf(done, { callIds: ids(20), lanes: 2, lengthMs: 0 });
    expect(await result).toEqual({ settled: 0, troubled: [], left: ids(20) });
    expect(givenBack).toEqual([]);
  });

  test('goes on beyond its length while a slow call keeps it: that one holds its own lane only', async () => {
    const slow = gate();
    const ended: number[] = [];
    const { result } = shiftOf(
      async (callId) => {
        if (callId === 1) await slow.promise;
        else if (callId === 2) await new Promise((resolve) => setTimeout(resolve, 60));
        ended.push(callId);
        if (callId === 20) slow.open();
      },
      { callIds: ids(20), lanes: 2, lengthMs: 30 },
    );
    expect(await result).toEqual({ settled: 20, troubled: [], left: [] });
    expect(ended.at(-1)).toBe(1);
  });
});
