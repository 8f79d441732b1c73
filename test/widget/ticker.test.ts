import { describe, expect, test } from '@jest/globals';
import { waitFor } from '../support/wait-for.ts';
import { createManualTicker } from './manual-ticker.ts';

describe('the ticker', () => {
  test('asks nobody while nobody watches', () => {
    const time = createManualTicker();
    expect(time.isSet()).toBe(false);
    const end = time.ticker.watch(() => Promise.resolve(true));
    expect(time.isSet()).toBe(true);
    end();
    expect(time.isSet()).toBe(false);
  });

  test('sets the next tick only after every answer of the last one', async () => {
    const time = createManualTicker();
    let answer: (reached: boolean) => void = () => undefined;
    time.ticker.watch(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    time.pass();
    time.ticker.watch(() => Promise.resolve(true));
    expect(time.isSet()).toBe(false);
    answer(true);
    await waitFor(() => time.isSet(), { what: 'the next tick' });
    expect(time.delays).toEqual([5_000, 5_000]);
  });

  test('comes later and later while the server is away, at most once a minute', async () => {
    const time = createManualTicker();
    time.ticker.watch(() => Promise.reject(new Error('away')));
    for (let tick = 0; tick < 6; tick++) {
      time.pass();
      await waitFor(() => time.isSet(), { what: 'the next tick' });
    }
    expect(time.delays).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  test('once stopped it never starts again, not even by an answer that was on its way', async () => {
    const time = createManualTicker();
    let isAnswered = false;
    let answer: () => void = () => undefined;
    time.ticker.watch(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      isAnswered = true;
      return true;
    });
    time.pass();
    time.ticker.stop();
    answer();
    await waitFor(() => isAnswered, { what: 'the answer' });
    time.ticker.watch(() => Promise.resolve(true));
    expect(time.isSet()).toBe(false);
  });
});
