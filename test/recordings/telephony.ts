import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A telephony server whose answer each test writes itself. */
export class Telephony {
  answer: Answer = (_request, response) => response.end();
  readonly requests: IncomingMessage[] = [];
  readonly connections = new Set<Socket>();
  connected = 0;
  host = '';
  readonly #server = createServer((request, response) => {
    this.requests.push(request);
    this.answer(request, response);
  });

  async listen(): Promise<void> {
    this.#server.on('connection', (socket) => {
      this.connected++;
      this.connections.add(socket);
      socket.on('close', () => this.connections.delete(socket));
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get link(): string {
    return `http://${this.host}/record?signature=secret-signature`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
