import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall, status } from '@grpc/grpc-js';
import type { SearchTalkResponse } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { type SearchTalkRequest, TalkServiceService } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSpeechSense, type SpeechSense } from '../../speechsense/speechsense.ts';

const access = { connectionId: 'connection', apiKey: 'AQVN' };
/** The service lists so many talks of one search, whatever it has. */
const LISTED = 10_000;

let server: Server;
let speechSense: SpeechSense;
/** How many talks the service has of each moment. */
let talks: Map<number, number>;
let searches: number;

beforeEach(async () => {
  searches = 0;
  server = new Server();
  const unimplemented = (_: unknown, answer: sendUnaryData<never>) => answer({ code: status.UNIMPLEMENTED });
  server.addService(TalkServiceService, {
    uploadAsStream: unimplemented,
    upload: unimplemented,
    uploadText: unimplemented,
    uploadBadge: unimplemented,
    get: unimplemented,
    search: ({ request }: ServerUnaryCall<SearchTalkRequest, SearchTalkResponse>, answer: sendUnaryData<unknown>) => {
      searches++;
      const { fromValue = new Date(0), toValue = new Date(0) } = request.filters[0]?.dateRange ?? {};
      const ids = [...talks]
        .filter(([moment]) => moment >= fromValue.getTime() && moment <= toValue.getTime())
        .flatMap(([moment, count]) => Array.from({ length: count }, (_, index) => `${moment}-${index}`));
      const from = Number(request.pageToken || 0);
      const to = Math.min(from + request.pageSize, LISTED);
      const nextPageToken = to < Math.min(ids.length, LISTED) ? String(to) : '';
      answer(null, { talkIds: ids.slice(from, to), talksCount: ids.length, nextPageToken });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  speechSense = createSpeechSense({ address: `127.0.0.1:${port}`, tls: false });
});
afterEach(() => {
  speechSense.close();
  server.forceShutdown();
});

const minute = (nth: number) => Date.UTC(2026, 10, 2, 9, nth);
const traits = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ date: new Date(minute(nth)).toISOString() }));

test('where a search has more talks than the service lists, narrower ones find them all', async () => {
  talks = new Map(Array.from({ length: 8 }, (_, nth) => [minute(nth), 3_000]));
  expect(new Set(await speechSense.findTalks(access, traits(8), [])).size).toBe(24_000);
});

test('more talks of one moment than the service lists cannot be told apart, and are not half read', async () => {
  talks = new Map([[minute(0), LISTED + 1]]);
  await expect(speechSense.findTalks(access, traits(1), [])).rejects.toMatchObject({
    code: 'speechsense_search_refused',
  });
  expect(searches).toBe(1);
});
