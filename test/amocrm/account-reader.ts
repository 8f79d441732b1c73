import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AmocrmHttp, type AmocrmOptions, createAmocrmHttp } from '../../amocrm/http/http.ts';
import { UNPACED } from '../../amocrm/pacing/pace.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';

export const TOKEN = 'eyJ.secret-token.signature';

/** A reader of the account at this host, which is a sandbox's or a test's own server; unpaced. */
export function readerOf(url: string, options: Partial<AmocrmOptions> = {}): AmocrmHttp {
  const { host } = new URL(url);
  return createAmocrmHttp({
    host,
    insecureHosts: [host],
    transport: createAmocrmTransport(),
    accessToken: () => Promise.resolve(TOKEN),
    pace: UNPACED,
    tries: { most: 1, firstPauseMs: 0 },
    ...options,
  });
}

export interface OwnServer {
  url: string;
  requests: IncomingMessage[];
  close(): void;
}

/** A server that answers as a test writes it. */
export async function ownServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OwnServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
