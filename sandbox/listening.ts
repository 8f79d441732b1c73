import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';

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
export async function listen(part: string, port: number, handler: RequestListener): Promise<Listening> {
  await assertPortFree(part, port);
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('request', handler);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const host = `${HOST}:${portOf(server.address())}`;
  return {
    host,
    url: `http://${host}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Throws PortTakenError if another process listens there; asked first so that every part says it in the same words. */
export async function assertPortFree(part: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createTcpServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', () => {
      reject(new PortTakenError(part, port));
    });
    probe.listen(port, HOST, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
