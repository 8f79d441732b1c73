import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort } from '../../scripts/servers/free-port.ts';

async function listening(port: number, host: string) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

test('the preferred port is given while it is free', async () => {
  const preferred = await freePort();
  expect(await freePort(preferred)).toBe(preferred);
});

test.each(['127.0.0.1', '0.0.0.0'])(
  'another port is given while somebody listens on the preferred one at %s',
  async (host) => {
    const preferred = await freePort();
    await using _taken = await listening(preferred, host);
    const port = await freePort(preferred);
    expect(port).not.toBe(preferred);
    await using _free = await listening(port, '127.0.0.1');
  },
);

test('a port is not one that the system may give to an outgoing connection', async () => {
  for (const port of await Promise.all(Array.from({ length: 20 }, () => freePort()))) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_000);
  }
});
