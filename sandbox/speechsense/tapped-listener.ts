import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

import { TappedConnection } from './tapped-connection.ts';

/** A TCP listener that hands out tapped connections, and can go away and come back on the same port. */
export interface TappedListener {
  port: number;
  connections(): { open: number; accepted: number };
  /** Refuses connections and cuts those that are open. */
  down(): Promise<void>;
  /** Listens again; does nothing when it does. */
  up(): Promise<void>;
  isDown(): boolean;
}

/** @param port 0 for any free one, which is then kept over `down` and `up` */
export async function listenTapped(
  port: number,
  onConnection: (connection: TappedConnection) => void,
): Promise<TappedListener> {
  const open = new Set<TappedConnection>();
  let accepted = 0;
  let server: Server | undefined = await listen(port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;

  async function listen(onPort: number): Promise<Server> {
    const listening = createServer((socket) => {
      accepted += 1;
      const connection = new TappedConnection(socket, accepted);
      open.add(connection);
      connection.once('close', () => open.delete(connection));
      onConnection(connection);
    });
    listening.listen(onPort, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  }

  return {
    port: boundPort,
    connections: () => ({ open: open.size, accepted }),
    down: async () => {
      if (server === undefined) return;
      const closed = once(server, 'close');
      server.close();
      server = undefined;
      for (const connection of open) connection.cut();
      await closed;
    },
    up: async () => {
      server ??= await listen(boundPort);
    },
    isDown: () => server === undefined,
  };
}
