import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';
import { createBackendStage, startBackend, type TestBackend, widgetOf } from '../support/backend.ts';
import { openTestExport } from '../support/ledger.ts';
import type { Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let stage: Stage;
let backend: TestBackend;
let url: string;
/** How many reports are being read from the ledger. */
let reading = 0;
/** Lets the reports that are being read come to their ends. */
let goOn = () => {};

beforeAll(async () => {
  stage = await createBackendStage({ sandbox: { calls: 0 } });
  const waits = new Promise<void>((resolve) => (goOn = resolve));
  async function* rows(): AsyncGenerator<ReportRow> {
    reading++;
    try {
      await waits;
    } finally {
      reading--;
    }
    yield* [];
  }
  const report = { ...stage.ledger.report, rows };
  backend = await startBackend({ ...stage, ledger: { ...stage.ledger, report } });
  const ask = widgetOf(backend.url, stage.sandbox);
  const exportId = await openTestExport(stage.ledger, { accountId: stage.accountId });
  const link = await ask(`POST /api/exports/${exportId}/report-link`, { body: { format: 'json' } });
  url = String(link.body['url']);
});
afterAll(async () => {
  goOn();
  await backend.close();
  await stage.close();
});

/** Asks for the report. The answer of one that is let through begins when its rows do. */
function download(): { answer: Promise<IncomingMessage>; leave: () => void } {
  const request = http.get(url, { agent: false });
  request.on('error', () => undefined);
  return {
    answer: new Promise((resolve) => request.on('response', resolve)),
    leave: () => request.destroy(),
  };
}

test('one link is downloaded by two at once and no more; who leaves makes room', async () => {
  const first = [download(), download()];
  await waitFor(() => Promise.resolve(reading === 2), { what: 'two downloads to have begun' });
  const more = await Promise.all(Array.from({ length: 10 }, () => download().answer));
  expect(more.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 10 }, () => 429));
  expect(Number(more[0]?.headers['retry-after'])).toBeGreaterThan(0);
  expect(reading).toBe(2);

  first[0]?.leave();
  const next = await waitFor(
    async () => {
      const { answer } = download();
      goOn();
      const { statusCode } = await answer;
      return statusCode === 200;
    },
    { what: 'a place for another download' },
  );
  expect(next).toBe(true);
  const whole = await first[1]?.answer;
  expect(JSON.parse(whole ? await text(whole) : '')).toEqual([]);
});
