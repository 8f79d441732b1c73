import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { WaitingLine } from '../../amocrm/pacing/waiting-line.ts';

describe('a waiting line', () => {
  test('lets nobody past who is being served when one between the two is stopped, and then lets on', async () => {
    const line = new WaitingLine();
    const leave = await line.enter();
    const stop = new AbortController();
    const stopped = line.enter(stop.signal);
    let isServed = false;
    const behind = line.enter().then(() => void (isServed = true));
    stop.abort();
    await expect(stopped).rejects.toThrow(/abort/);
    await settled();
    expect(isServed).toBe(false);
    leave();
    await behind;
  });
});
