import { expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { SparseChecks } from '../../backend/oauth/sparse-checks.ts';
import { BackgroundWork } from '../../backend/operations/background-work.ts';

const REST_MS = 60_000;

async function withChecks(work: (checks: SparseChecks, background: BackgroundWork) => Promise<void>): Promise<void> {
  jest.useFakeTimers();
  const background = new BackgroundWork(pino({ level: 'silent' }));
  try {
    await work(new SparseChecks(background, REST_MS), background);
  } finally {
    jest.useRealTimers();
  }
}

test('what is asked for during the rest runs once, at its end', () =>
  withChecks(async (checks, background) => {
    let ran = 0;
    const ask = (account = 1) => checks.ask(account, 'check', () => Promise.resolve(ran++).then(() => undefined));
    for (let n = 0; n < 10; n++) ask();
    await background.idle();
    expect(ran).toBe(1);
    ask(2);
    await background.idle();
    expect(ran).toBe(2);
    await jest.advanceTimersByTimeAsync(REST_MS);
    expect(ran).toBe(3);
    await jest.advanceTimersByTimeAsync(10 * REST_MS);
    expect(ran).toBe(3);
  }));

test('a check that fails rests like any other', () =>
  withChecks(async (checks, background) => {
    let ran = 0;
    const fail = () => checks.ask(1, 'check', () => Promise.reject(new Error(`away ${ran++}`)));
    fail();
    await background.idle();
    fail();
    await background.idle();
    expect(ran).toBe(1);
    await jest.advanceTimersByTimeAsync(REST_MS);
    expect(ran).toBe(2);
  }));

test('none begins any more once it is stopped', () =>
  withChecks(async (checks, background) => {
    let ran = 0;
    const ask = () => checks.ask(1, 'check', () => Promise.resolve(ran++).then(() => undefined));
    ask();
    await background.idle();
    ask();
    checks.stop();
    await jest.advanceTimersByTimeAsync(10 * REST_MS);
    expect(ran).toBe(1);
  }));
