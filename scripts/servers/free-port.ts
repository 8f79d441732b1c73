import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ranges from which Linux (32768–60999) and macOS (49152–65535) take the ports of outgoing connections.
 * A port of theirs can be lost while a server restarts, even to a client that keeps trying to reach that very server:
 * TCP lets it connect to itself.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/**
 * A port that nobody listens on at 127.0.0.1 now: the preferred one when it is free, else a random one, so that two
 * processes that look at the same time rarely meet. It is not reserved: who takes it must be ready to try another one.
 */
export async function freePort(preferred?: number): Promise<number> {
  for (let candidate = preferred ?? randomInt(LOWEST, HIGHEST); ; candidate = randomInt(LOWEST, HIGHEST)) {
    if (await isFree(candidate)) return candidate;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
