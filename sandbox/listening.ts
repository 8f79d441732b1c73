import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';

const HOST = '127.0.0.1';

/** The wanted port belongs to another process. */
export class PortTakenError extends Error {
  readonly port: number;

  constructor(part: string, port: number) {
    super(`Port ${port} for ${part} is taken. Choose another one, or 0 for any free port.`);
    this.name = 'PortTakenError';
    this.port = port;
  }
}

export interface Listening {
  /** `127.0.0.1:port` */
  host: string;
  url: string;
  /** Stops listening and cuts every open connection, those in the middle of an answer too. */
  close(): Promise<void>;
}

/** Serves HTTP on the loopback interface; port 0 takes a free one. */
export async function listen(part: string, port: number, app: FastifyInstance): Promise<Listening> {
  await assertPortFree(part, port);
  const url = await app.listen({ port, host: HOST });
  return { host: new URL(url).host, url, close: () => app.close() };
}

/** Throws PortTakenError if another process listens there; asked first so that every part says it in the same words. */
export async function assertPortFree(part: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', () => {
      reject(new PortTakenError(part, port));
    });
    probe.listen(port, HOST, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}
