import { beforeEach, describe, expect, test } from '@jest/globals';
import { ExportError } from '../../errors/export-error.ts';
import { sampleError } from '../support/sample-error.ts';
import { HostBrake } from '../../recordings/host-brake.ts';

let now: number;
let asked: number;
let brake: HostBrake;
beforeEach(() => {
  now = 1_000;
  asked = 0;
  brake = new HostBrake(() => now);
});

const ask = (host: string, error?: Error) =>
  brake.watch(host, () => {
    asked++;
    return error ? Promise.reject(error) : Promise.resolve('recording');
  });
const away = (retryAfterMs?: number) =>
  sampleError('recording_unreachable', retryAfterMs === undefined ? {} : { retryAfterMs });

async function fail(host: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await expect(ask(host, away())).rejects.toThrow();
}

describe('a host that cannot be reached three times in a row', () => {
  test('is left alone for ten seconds, and everybody is told for how long', async () => {
    await fail('dead', 3);
    now += 4_000;
    await expect(ask('dead')).rejects.toMatchObject({ code: 'recording_unreachable', retryAfterMs: 6_000 });
    expect(asked).toBe(3);
  });

  test('keeps nobody from another host', async () => {
    await fail('dead', 3);
    await expect(ask('alive')).resolves.toBe('recording');
  });

  test('is then tried by one, while the others go on waiting', async () => {
    await fail('dead', 3);
    now += 10_000;
    const trial = brake.watch('dead', () => new Promise(() => undefined));
    await expect(ask('dead')).rejects.toMatchObject({ retryAfterMs: 10_000 });
    expect(asked).toBe(3);
    // A trial that never ends keeps nobody for ever.
    now += 10_000;
    await expect(ask('dead')).resolves.toBe('recording');
    expect(trial).toBeInstanceOf(Promise);
  });

  test('rests longer with every failure, a minute at most, and not at all once it has answered', async () => {
    await fail('dead', 3);
    for (const restMs of [20_000, 40_000, 60_000, 60_000]) {
      now += 60_000;
      await fail('dead', 1);
      await expect(ask('dead')).rejects.toMatchObject({ retryAfterMs: restMs });
    }
    now += 60_000;
    await expect(ask('dead')).resolves.toBe('recording');
    await fail('dead', 2);
    await expect(ask('dead')).resolves.toBe('recording');
  });
});

describe('how long a host has been failing', () => {
  test('is told to those who are turned away', async () => {
    await fail('dead', 3);
    now += 10_000;
    await fail('dead', 1);
    now += 5_000;
    await expect(ask('dead')).rejects.toMatchObject({ values: { failingMs: 15_000 } });
  });

  test('counts from anew when nobody has asked it for minutes', async () => {
    await fail('dead', 3);
    now += 3_600_000;
    await fail('dead', 3);
    await expect(ask('dead')).rejects.toMatchObject({ values: { failingMs: 0 }, retryAfterMs: 10_000 });
  });
});

test('a host that asks for a pause gets it, from everybody', async () => {
  await expect(ask('busy', away(30_000))).rejects.toThrow();
  await expect(ask('busy')).rejects.toMatchObject({ retryAfterMs: 30_000 });
  now += 30_000;
  await expect(ask('busy')).resolves.toBe('recording');
});

test('a host that answers, if only with a refusal, is up', async () => {
  await fail('up', 2);
  await expect(ask('up', new ExportError('recording_expired'))).rejects.toThrow();
  await fail('up', 2);
  await expect(ask('up')).resolves.toBe('recording');
});

test('a stop says nothing about the host', async () => {
  await fail('dead', 3);
  now += 10_000;
  await expect(ask('dead', new Error('stopped'))).rejects.toThrow('stopped');
  await expect(ask('dead')).rejects.toMatchObject({ code: 'recording_unreachable' });
});

test('hosts without number are forgotten, the oldest first', async () => {
  for (let host = 0; host < 1_001; host++) await expect(ask(`h${host}`, away(60_000))).rejects.toThrow();
  await expect(ask('h0')).resolves.toBe('recording');
  await expect(ask('h1000')).rejects.toThrow();
});
