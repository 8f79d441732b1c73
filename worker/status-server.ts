import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExportError } from '../errors/export-error.ts';

export interface StatusServerOptions {
  host: string;
  port: number;
  /** Names of what the worker needs and does not reach; empty means ready. */
  missing: () => Promise<string[]>;
  /** Prometheus text. */
  metrics: () => Promise<string>;
}

export interface StatusServer {
  port: number;
  close(): Promise<void>;
}

/** `/ready` and `/metrics` of the worker. @throws {ExportError} `port_in_use` */
export async function startStatusServer({ host, port, missing, metrics }: StatusServerOptions): Promise<StatusServer> {
  const server = http.createServer((request, response) => {
    answer(request.url ?? '/').catch(() => response.writeHead(500).end());

    async function answer(path: string): Promise<void> {
      if (path === '/ready') {
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
        cause.code === 'EADDRINUSE'
          ? new ExportError('port_in_use', { cause, values: { port, setting: 'WORKER_METRICS_PORT' } })
          : cause,
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
