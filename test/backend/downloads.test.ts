import http from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fastify from 'fastify';
import { Downloads } from '../../backend/api/downloads.ts';
import { waitFor } from '../support/wait-for.ts';

const ACCOUNT = 1;
const app = fastify();
let url: string;
let refused = 0;

beforeAll(async () => {
  const downloads = new Downloads(300);
  app.get('/endless', (_request, reply) => {
    downloads.begin(ACCOUNT, reply);
    return reply.send(endless());
  });
  app.setErrorHandler((_error, _request, reply) => {
    refused++;
    return reply.code(429).send();
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024));
    },
  });
}

/** Takes the beginning of an answer and then nothing more. */
function stalled(): { status: Promise<number | undefined> } {
  const request = http.get(`${url}/endless`, { agent: false });
  const status = new Promise<number | undefined>((resolve, reject) => {
    request.once('response', (response) => {
      response.on('error', () => undefined);
      resolve(response.statusCode);
    });
    request.once('error', reject);
  });
  return { status };
}

test('a reader that stops reading is cut, and makes room for another download of the account', async () => {
  const readers = [stalled(), stalled()];
  expect(await Promise.all(readers.map(({ status }) => status))).toEqual([200, 200]);
  expect(await stalled().status).toBe(429);
  expect(refused).toBe(1);
  const next = await waitFor(async () => (await stalled().status) === 200, { what: 'room for another' });
  expect(next).toBe(true);
});
