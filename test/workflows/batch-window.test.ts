import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BatchWindow, type Circumstances, type NextStep } from '../../workflows/batch-window.ts';

const CALM: Circumstances = { isLong: false, isBlocked: false };
const start = (batch: number): NextStep => ({ kind: 'start', batch });
const WAIT: NextStep = { kind: 'wait' };
const DONE: NextStep = { kind: 'done' };

function stepsOf(window: BatchWindow, count: number, circumstances = CALM): NextStep[] {
  return Array.from({ length: count }, () => window.next(circumstances));
}

describe('a window of batches', () => {
  test('opens as many as it is wide, in their order, then waits', () => {
    const window = new BatchWindow([4, 5, 6], 2);
    expect(stepsOf(window, 4)).toEqual([start(4), start(5), WAIT, WAIT]);
    expect(window.underWay).toBe(2);
    window.ended();
    expect(stepsOf(window, 2)).toEqual([start(6), WAIT]);
    window.ended();
    window.ended();
    expect(window.next(CALM)).toEqual(DONE);
  });

  test('starts nothing after a block, lets what is open end, and runs blocked batches first once it is mended', () => {
    const waiting = [1, 2, 3, 4];
    const window = new BatchWindow(waiting, 2);
    stepsOf(window, 2);
    window.blocked(1);
    const blocked = { isLong: false, isBlocked: true };
    expect(window.next(blocked)).toEqual(WAIT);
    window.blocked(2);
    expect(window.underWay).toBe(2);
    expect(window.next(blocked)).toEqual({ kind: 'unblock' });
    expect(window.underWay).toBe(0);
    expect(waiting).toEqual([1, 2, 3, 4]);
    expect(stepsOf(window, 2)).toEqual([start(1), start(2)]);
  });

  test('fails with its first failure, after all that is open has ended', () => {
    const window = new BatchWindow([1, 2, 3], 3);
    stepsOf(window, 3);
    const first = new Error('first');
    window.failed(first);
    window.blocked(2);
    expect(window.next({ isLong: false, isBlocked: true })).toEqual(WAIT);
    window.failed(new Error('second'));
    expect(window.next({ isLong: false, isBlocked: true })).toEqual({ kind: 'fail', error: first });
  });

  test('starts nothing in a run that is long, and waits for what is open', () => {
    const waiting = [1, 2];
    const window = new BatchWindow(waiting, 2);
    stepsOf(window, 1);
    const long = { isLong: true, isBlocked: false };
    expect(window.next(long)).toEqual(WAIT);
    window.ended();
    expect(window.underWay).toBe(0);
    expect(waiting).toEqual([2]);
  });

  test('runs every batch to its end once, however batches end', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.boolean()),
        (batches, size, mends) => {
          const waiting = Array.from({ length: batches }, (_, batch) => batch);
          const window = new BatchWindow(waiting, size);
          const open: number[] = [];
          const ended: number[] = [];
          let isBlocked = false;
          for (let step = window.next(CALM); step.kind !== 'done'; step = window.next({ isLong: false, isBlocked })) {
            expect(window.underWay).toBeGreaterThanOrEqual(open.length);
            if (step.kind === 'start') open.push(step.batch);
            else if (step.kind === 'unblock') isBlocked = false;
            else {
              const batch = open.shift() ?? -1;
              if (mends.next().value === true) {
                ended.push(batch);
                window.ended();
              } else {
                isBlocked = true;
                window.blocked(batch);
              }
            }
            expect(open.length).toBeLessThanOrEqual(size);
          }
          expect(ended.sort((a, b) => a - b)).toEqual(Array.from({ length: batches }, (_, batch) => batch));
        },
      ),
    );
  });
});
