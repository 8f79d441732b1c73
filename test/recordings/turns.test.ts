import { expect, test } from '@jest/globals';
import { Turns } from '../../recordings/turns.ts';

const never = () => new AbortController().signal;

/** Work that ends when it is told to. */
function work() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const one = { begun: false, end, run: () => ((one.begun = true), ended) };
  return one;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('no more work at once than there are turns; the next begins when one ends, also by an error', async () => {
  const turns = new Turns(2);
  const [first, second, third, fourth] = [work(), work(), work(), work()];
  const failing = turns.take(() => first.run().then(() => Promise.reject(new Error('no'))), never());
  const others = [second, third, fourth].map((one) => turns.take(one.run, never()));
  await settled();
  expect([first, second, third, fourth].map(({ begun }) => begun)).toEqual([true, true, false, false]);
  first.end();
  await expect(failing).rejects.toThrow('no');
  await settled();
  expect([third, fourth].map(({ begun }) => begun)).toEqual([true, false]);
  for (const one of [second, third, fourth]) one.end();
  await Promise.all(others);
});

test('who waits can be stopped, and keeps nobody from his turn', async () => {
  const turns = new Turns(1);
  const [first, second] = [work(), work()];
  const stop = new AbortController();
  const running = turns.take(first.run, never());
  const stopped = turns.take(() => Promise.resolve(), stop.signal);
  const waiting = turns.take(second.run, never());
  stop.abort(new Error('stopped'));
  await expect(stopped).rejects.toThrow('stopped');
  first.end();
  await running;
  await settled();
  expect(second.begun).toBe(true);
  second.end();
  await waiting;
  await expect(turns.take(() => Promise.resolve(7), never())).resolves.toBe(7);
  await expect(turns.take(() => Promise.resolve(7), stop.signal)).rejects.toThrow('stopped');
});
