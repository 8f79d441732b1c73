import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExportError } from '../errors/export-error.ts';
import type { Environment } from './environment.ts';

export interface StatusServerOptions {
  host: string;
  port: number;
  /** The variable that the port comes from, for the sentence about one that is taken. */
  setting: keyof Environment & `${string}_PORT`;
  /** Names of what the process needs and does not reach; empty means ready. */
  missing: () => Promise<string[]>;
  /** Prometheus text. */
  metrics: () => Promise<string>;
}

export interface StatusServer {
  port: number;
  close(): Promise<void>;
}

/**
 * `/health`, `/ready` and `/metrics` of a process, on a port of their own: for the operator's network and nobody else.
 *
 * @throws {ExportError} `port_in_use`
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { host, port, setting, missing, metrics } = options;
  const server = http.createServer((request, response) => {
    answer(request.url ?? '/').catch(() => response.writeHead(500).end());

    async function answer(path: string): Promise<void> {
      if (path === '/health') {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
      } else if (path === '/ready') {
        const absent = await missing();
        response.writeHead(absent.length === 0 ? 200 : 503, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ ready: absent.length === 0, missing: absent }));
      } else if (path === '/metrics') {
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(await metrics());
      } else {
        response.writeHead(404).end();
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE' ? new ExportError('port_in_use', { cause, values: { port, setting } }) : cause,
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
