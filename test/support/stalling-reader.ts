import { once } from 'node:events';
import { z } from 'zod';
import { createAmocrmHttp } from '../../amocrm/http/http.ts';
import { createAmocrmPaces, type Priority } from '../../amocrm/pacing/pace.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { findExportError } from '../../errors/export-error.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { StallingReaderOptions } from './stalling-readers.ts';
import { TEST_ENCRYPTION_KEYS } from './token-askers.ts';

// A process that reads an account without end, and is held up again and again, as on an overloaded machine.
const options = JSON.parse(process.argv[2] ?? '') as StallingReaderOptions;
const { databaseUrl, accountId, host, token, requestsPerSecond, stall } = options;
const ledger = openLedger({ databaseUrl, encryptionKeys: TEST_ENCRYPTION_KEYS });
const paces = createAmocrmPaces(ledger.rateBuckets, requestsPerSecond);
const transport = createAmocrmTransport();
const ending = new AbortController();

async function read(priority: Priority): Promise<void> {
  const pace = paces({ accountId, client: 'long_lived', priority });
  const http = createAmocrmHttp({
    transport,
    host,
    insecureHosts: [host],
    accessToken: () => Promise.resolve(token),
    pace,
    signal: ending.signal,
  });
  while (!ending.signal.aborted) {
    await http.get('/users', { limit: 1 }, z.unknown()).catch((error: unknown) => {
      // A refusal is counted where it was given.
      if (!ending.signal.aborted && !findExportError(error)) throw error;
    });
  }
}

/** The process sleeps whole, without the processor: its neighbours must not be held up with it. */
function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function stallAgain({ leastMs, mostMs, everyMs }: NonNullable<StallingReaderOptions['stall']>): void {
  setTimeout(
    () => {
      if (ending.signal.aborted) return;
      freeze(leastMs + Math.random() * (mostMs - leastMs));
      stallAgain({ leastMs, mostMs, everyMs });
    },
    Math.random() * 2 * everyMs,
  );
}

const reading = [read('bulk'), read('bulk'), read('interactive')];
if (stall) stallAgain(stall);
process.stdin.resume();
process.stdout.write('ready\n');
await once(process.stdin, 'end');
ending.abort();
await Promise.all(reading);
await ledger.close();
process.exit(0);
