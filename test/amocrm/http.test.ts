import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { type Pace, type Turn, UNPACED } from '../../amocrm/pacing/pace.ts';
import { retryAfterMs } from '../../amocrm/http/retry-after.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { FaultRule } from '../../sandbox/amocrm/faults.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { type OwnServer, ownServer, readerOf, TOKEN } from './account-reader.ts';

const anything = z.looseObject({});
const QUERY = { 'filter[phone]': '+79991234567' };

/** What a reading ends with, which must be an error of ours that says nothing it must not. */
async function failure(reading: Promise<unknown>): Promise<ExportError> {
  const error: unknown = await reading.then(
    () => new Error('it was read'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ExportError)) throw error;
  const said = JSON.stringify([error, error.message, error.stack, error.cause]);
  expect(said).not.toMatch(/secret-token|Bearer|79991234567|PERSONAL/);
  return error;
}

describe('an answer of amoCRM', () => {
  let account: TestAccount;
  beforeAll(async () => void (account = await openAccount({ calls: 20 })));
  afterEach(() => account.amocrm.faults.set([]));
  afterAll(() => account.close());

  const read = (path = '/account', query = QUERY, token = account.token) =>
    readerOf(account.amocrm.url, { accessToken: () => Promise.resolve(token) }).get(path, query, anything);
  const answering = (answer: FaultRule['answer']) => account.amocrm.faults.set([{ answer }]);

  test('of 200 is what it holds', async () => {
    await expect(read()).resolves.toMatchObject({ id: account.amocrm.account.identity.accountId });
  });

  test('of 204 is nothing', async () => {
    await expect(read('/contacts/1')).resolves.toBeUndefined();
  });

  test.each<[string, FaultRule['answer'], string, string]>([
    ['401', { status: 401 }, 'amocrm_unauthorized', 'auth'],
    ['402', { status: 402 }, 'amocrm_unpaid', 'auth'],
    ['403 in JSON: a right is missing', { status: 403, html: false }, 'amocrm_forbidden', 'auth'],
    ['403 in HTML: amoCRM has shut us out', { status: 403, html: true }, 'amocrm_blocked', 'throttled'],
    ['404 in JSON: there is no such thing', { status: 404, html: false }, 'amocrm_rejected', 'permanent'],
    ['404 in HTML: there is no such account', { status: 404, html: true }, 'amocrm_account_moved', 'auth'],
    ['400', { status: 400 }, 'amocrm_rejected', 'permanent'],
    ['429', { status: 429 }, 'amocrm_throttled', 'throttled'],
    ['408', { status: 408 }, 'amocrm_unavailable', 'retryable'],
    ['500', { status: 500 }, 'amocrm_unavailable', 'retryable'],
    ['502 in HTML', { status: 502 }, 'amocrm_unavailable', 'retryable'],
    ['504 in HTML', { status: 504 }, 'amocrm_unavailable', 'retryable'],
    ['200 in HTML', { status: 200, html: true }, 'amocrm_bad_answer', 'retryable'],
    ['200 and half of its JSON', { badJson: true }, 'amocrm_bad_answer', 'retryable'],
    ['a connection that is cut', { reset: true }, 'amocrm_unavailable', 'retryable'],
    ['an answer that is lost', { dropAnswer: true }, 'amocrm_unavailable', 'retryable'],
    ['a body without an end', { endless: true }, 'amocrm_answer_too_large', 'retryable'],
  ])('of %s', async (_, answer, code, kind) => {
    answering(answer);
    expect(await failure(read())).toMatchObject({ code, kind });
  });

  test('of a token that amoCRM does not know', async () => {
    expect(await failure(read('/account', QUERY, TOKEN))).toMatchObject({ code: 'amocrm_unauthorized', kind: 'auth' });
  });

  test('of a throttled request says how long to wait', async () => {
    answering({ status: 429, retryAfter: 7 });
    expect(await failure(read())).toMatchObject({ code: 'amocrm_throttled', retryAfterMs: 7_000 });
    answering({ status: 429, retryAfter: new Date(Date.now() + 600_000).toUTCString() });
    const { retryAfterMs: pause = 0 } = await failure(read());
    expect(pause).toBeGreaterThan(500_000);
    expect(pause).toBeLessThanOrEqual(600_000);
  });

  test('of a throttled request may say so in its body, as Kommo’s does', async () => {
    const bodies = ['{"retry_after":300}', '{"retry_after":"300"}', '{"retry_after":null}', '<html>', '{}'];
    const server = await ownServer((_, response) => response.writeHead(429).end(bodies.shift()));
    const pauses = [];
    while (bodies.length > 0) {
      pauses.push((await failure(readerOf(server.url).get('/account', {}, anything))).retryAfterMs);
    }
    server.close();
    expect(pauses).toEqual([300_000, 300_000, undefined, undefined, undefined]);
  });

  test('keeps amoCRM’s own id of a refused request, for its support', async () => {
    answering({ status: 500 });
    expect((await failure(read())).requestId).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('a reader', () => {
  let server: OwnServer | undefined;
  afterEach(() => server?.close());
  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
    (server = await ownServer(answer));
  const json = (response: ServerResponse, body: string, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/hal+json' }).end(body);

  test('does not follow a redirect, where its token would go along, but takes it for a sign that the account has moved', async () => {
    const elsewhere = await ownServer((_, response) => json(response, '{}'));
    const { url } = await serve((_, response) => response.writeHead(302, { location: `${elsewhere.url}/x` }).end());
    expect(await failure(readerOf(url).get('/account', {}, anything))).toMatchObject({ code: 'amocrm_account_moved' });
    expect(elsewhere.requests).toEqual([]);

    const { host } = new URL(elsewhere.url);
    const renewAccess = () => Promise.resolve({ host, token: TOKEN });
    const http = readerOf(url, { insecureHosts: [host, new URL(url).host], renewAccess });
    await expect(http.get('/account', {}, anything)).resolves.toEqual({});
    expect(http.host).toBe(host);
    elsewhere.close();
  });

  test('asks for another access only where that may help, not for each card that is gone', async () => {
    const answers: [number, string][] = [
      [404, 'application/problem+json'],
      [404, 'text/html'],
      [401, 'application/problem+json'],
      [403, 'application/problem+json'],
    ];
    let answer: [number, string] | undefined;
    const { url } = await serve((_, response) => {
      const [status, type] = answer ?? [500, ''];
      response.writeHead(status, { 'content-type': type }).end('{}');
    });
    const asked: string[] = [];
    const renewAccess = (_: unknown, because: string) => Promise.resolve(void asked.push(because));
    for (answer of answers) {
      await failure(readerOf(url, { renewAccess }).get('/contacts/5', {}, anything));
    }
    expect(asked).toEqual(['amocrm_account_moved', 'amocrm_unauthorized']);
  });

  test('asks with the token of this moment, in amoCRM’s spelling of queries, and says who it is', async () => {
    let issued = 0;
    const { url, requests } = await serve((_, response) => json(response, '{}'));
    const http = readerOf(url, { accessToken: () => Promise.resolve(`token-${++issued}`) });
    const types = ['call_in', 'call_out'];
    await http.get('/leads/notes', { 'filter[note_type][]': types, 'order[id]': 'asc', page: 2 }, anything);
    await http.get('/leads/notes', {}, anything);
    const [first, second] = requests;
    expect(new URL(first?.url ?? '', url).pathname).toBe('/api/v4/leads/notes');
    expect([...new URL(first?.url ?? '', url).searchParams]).toEqual([
      ['filter[note_type][]', 'call_in'],
      ['filter[note_type][]', 'call_out'],
      ['order[id]', 'asc'],
      ['page', '2'],
    ]);
    expect(first?.headers.authorization).toBe('Bearer token-1');
    expect(second?.headers.authorization).toBe('Bearer token-2');
    expect(first?.headers['user-agent']).toMatch(/^speechsense-export\//);
  });

  test('takes its turn before every request', async () => {
    const { url, requests } = await serve((_, response) => json(response, '{}'));
    const seen: number[] = [];
    const pace = () => {
      seen.push(requests.length);
      return UNPACED();
    };
    const http = readerOf(url, { pace });
    for (let n = 0; n < 3; n++) await http.get('/account', {}, anything);
    expect(seen).toEqual([0, 1, 2]);
  });

  test('takes up to 32 MiB and refuses more, with or without a length', async () => {
    const LIMIT = 32 * 1024 * 1024;
    const text = (bytes: number) => `{"text":"${'x'.repeat(bytes - 11)}"}`;
    const { url } = await serve((request, response) => {
      const bytes = Number(new URL(request.url ?? '', url).searchParams.get('bytes'));
      const length = request.url?.includes('length') ? { 'content-length': bytes } : {};
      response.writeHead(200, { 'content-type': 'application/json', ...length }).end(text(bytes));
    });
    const http = readerOf(url);
    const whole = await http.get('/x', { bytes: LIMIT }, z.looseObject({ text: z.string() }));
    expect(whole?.text).toHaveLength(LIMIT - 11);
    for (const more of [{}, { length: 1 }]) {
      expect(await failure(http.get('/x', { bytes: LIMIT + 1, ...more }, anything))).toMatchObject({
        code: 'amocrm_answer_too_large',
      });
    }
  });

  test('names the fields that an answer lacks, never their values', async () => {
    const { url } = await serve((_, response) => json(response, '{"id":"PERSONAL","name":{"first":"PERSONAL"}}'));
    const schema = z.object({ id: z.number(), name: z.object({ first: z.number() }) });
    const error = await failure(readerOf(url).get('/account', {}, schema));
    expect(error).toMatchObject({ code: 'amocrm_bad_answer', kind: 'retryable' });
    expect(error.message).toContain('/account (id, name.first)');
  });

  test('keeps the body of a refusal to itself', async () => {
    const { url } = await serve((_, response) => json(response, '{"title":"PERSONAL","detail":"+79991234567"}', 400));
    const error = await failure(readerOf(url).get('/leads/31415/notes', QUERY, anything));
    expect(error.message).toContain('amoCRM rejected the request /leads/{id}/notes (status 400).');
    expect(error.message).not.toMatch(/PERSONAL|9991234567|31415/);
  });

  test('that nobody listens to says so', async () => {
    const closed = await ownServer(() => undefined);
    const { url } = closed;
    closed.close();
    const error = await failure(readerOf(url).get('/account', QUERY, anything));
    expect(error).toMatchObject({ code: 'amocrm_unavailable', values: { what: 'ECONNREFUSED' } });
  });

  test('tells in the end how its request fared, and counts it by its route', async () => {
    const statuses = [200, 204, 429, 403, 500];
    const { url } = await serve((_, response) => {
      response.writeHead(statuses.shift() ?? 200, { 'content-type': 'text/html', 'retry-after': '7' }).end('{}');
    });
    const told: Parameters<Turn['end']>[0][] = [];
    const counted: string[] = [];
    const http = readerOf(url, {
      pace: () =>
        Promise.resolve({ due: () => Promise.resolve(), end: (fared) => Promise.resolve(void told.push(fared)) }),
      counted: (endpoint, outcome) => counted.push(`${endpoint} ${outcome}`),
    });
    for (const path of ['/account', '/contacts/123', '/contacts/123/notes/4', '/events/01abc', '/leads/notes']) {
      await http.get(path, QUERY, anything).catch(() => undefined);
    }
    expect(told).toMatchObject([
      'answered',
      'answered',
      { code: 'amocrm_throttled', retryAfterMs: 7_000 },
      { code: 'amocrm_blocked' },
      { code: 'amocrm_unavailable' },
    ]);
    expect(counted).toEqual([
      '/account ok',
      '/contacts/{id} ok',
      '/contacts/{id}/notes/{id} amocrm_throttled',
      '/events/{id} amocrm_blocked',
      '/leads/notes amocrm_unavailable',
    ]);
  });

  describe('counts a request that went out once', () => {
    type Scene = (response: ServerResponse, stop: AbortController) => unknown;
    const half = (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      return new Promise((resolve) => response.write('{', resolve));
    };

    test.each<[string, string, Scene]>([
      ['cut before its answer', 'amocrm_unavailable', (response) => response.destroy()],
      ['cut in the middle of it', 'amocrm_unavailable', (response) => half(response).then(() => response.destroy())],
      ['never answered', 'amocrm_unavailable', () => undefined],
      ['never answered to the end', 'amocrm_unavailable', half],
      ['answered with nonsense', 'amocrm_bad_answer', (response) => json(response, 'x')],
      ['told to end on its way', 'cancelled', (_, stop) => stop.abort()],
      ['told to end in the answer’s middle', 'cancelled', (response, stop) => half(response).then(() => stop.abort())],
    ])('%s', async (_, outcome, answer) => {
      const stop = new AbortController();
      const { url, requests } = await serve((_request, response) => void answer(response, stop));
      const counted: string[] = [];
      const http = readerOf(url, {
        transport: createAmocrmTransport({ silenceMs: 100 }),
        counted: (_endpoint, fared) => counted.push(fared),
        signal: stop.signal,
      });
      await expect(http.get('/account', {}, anything)).rejects.toThrow();
      expect(counted).toEqual([outcome]);
      expect(requests).toHaveLength(1);
    });

    test('and none that was told to end when its turn came', async () => {
      const stop = new AbortController();
      const { url, requests } = await serve((_, response) => json(response, '{}'));
      const counted: string[] = [];
      const pace = () => {
        stop.abort();
        return UNPACED();
      };
      const http = readerOf(url, { pace, counted: (_, fared) => counted.push(fared), signal: stop.signal });
      await expect(http.get('/account', {}, anything)).rejects.toThrow(/cancel/i);
      expect([counted, requests]).toEqual([[], []]);
    });
  });

  describe('that gets no proper answer', () => {
    const tries = { most: 4, firstPauseMs: 1 };
    /** How many requests a reading took, each in a turn of its own. */
    async function requestsOf(
      answers: number[],
      query = {},
    ): Promise<{ requests: number; turns: number; end: string }> {
      const { url, requests } = await serve((request, response) => {
        const status = answers[Math.min(requests.length, answers.length) - 1] ?? 200;
        if (status === 0) request.destroy();
        else json(response, '{}', status);
      });
      let turns = 0;
      const pace = () => {
        turns++;
        return UNPACED();
      };
      const end = await readerOf(url, { pace, tries })
        .get('/leads/notes', query, anything)
        .then(
          () => 'read',
          (error: unknown) => (error instanceof ExportError ? error.code : 'unknown'),
        );
      server?.close();
      return { requests: requests.length, turns, end };
    }

    test.each<[string, number[], object]>([
      ['a passing 500', [500, 200], { requests: 2, turns: 2, end: 'read' }],
      ['passing troubles of all kinds', [502, 0, 503, 200], { requests: 4, turns: 4, end: 'read' }],
      ['a 500 that stays', [500], { requests: 4, turns: 4, end: 'amocrm_unavailable' }],
      ['a 429', [429], { requests: 1, turns: 1, end: 'amocrm_throttled' }],
      ['a 401', [401], { requests: 1, turns: 1, end: 'amocrm_unauthorized' }],
      ['a 400', [400], { requests: 1, turns: 1, end: 'amocrm_rejected' }],
    ])('asks as often as it helps: %s', async (_, answers, outcome) => {
      expect(await requestsOf(answers)).toEqual(outcome);
    });

    test('leaves a 504 of a list to who can ask for a smaller page', async () => {
      expect(await requestsOf([504, 200])).toMatchObject({ requests: 2, end: 'read' });
      expect(await requestsOf([504, 200], { limit: 250 })).toMatchObject({ requests: 1, end: 'amocrm_unavailable' });
    });

    test('comes back no sooner than amoCRM asked: after a short pause itself, after a long one by who sent it', async () => {
      const at: number[] = [];
      const { url } = await serve((_, response) => {
        at.push(performance.now());
        response.writeHead(503, { 'retry-after': at.length === 1 ? '0.2' : '120' }).end();
      });
      // The pause is the one that was asked for, not one that happened to be as long.
      jest.spyOn(Math, 'random').mockReturnValue(0);
      const http = readerOf(url, { tries: { most: 4, firstPauseMs: 300 } });
      expect(await failure(http.get('/account', {}, anything))).toMatchObject({
        code: 'amocrm_unavailable',
        retryAfterMs: 120_000,
      });
      jest.restoreAllMocks();
      const [first = 0, second = 0, ...others] = at;
      // A timer may fire up to a millisecond early.
      expect(second - first).toBeGreaterThanOrEqual(199);
      expect(others).toEqual([]);
    });

    test('is stopped in a pause', async () => {
      const stop = new AbortController();
      const { url, requests } = await serve((_, response) => {
        json(response, '{}', 500);
        setImmediate(() => stop.abort());
      });
      jest.spyOn(Math, 'random').mockReturnValue(1);
      const http = readerOf(url, { signal: stop.signal, tries: { most: 4, firstPauseMs: 3_600_000 } });
      await expect(http.get('/account', {}, anything)).rejects.toThrow(/abort|cancel/i);
      jest.restoreAllMocks();
      expect(requests).toHaveLength(1);
    });
  });

  test('ends at once when it is told to, in its turn, on its way and in the answer’s middle', async () => {
    const stops: AbortController[] = [];
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      stops.at(-1)?.abort();
    });
    const start = (pace?: Pace) => {
      const stop = new AbortController();
      stops.push(stop);
      return readerOf(url, { signal: stop.signal, ...(pace ? { pace } : {}) }).get('/account', {}, anything);
    };
    await expect(start()).rejects.toThrow(/cancel/i);
    await expect(
      start(() => {
        stops.at(-1)?.abort();
        return UNPACED();
      }),
    ).rejects.toThrow(/cancel/i);
  });

  test('cannot be made for a host that is not amoCRM’s', () => {
    expect(() => readerOf('http://evil.example', { insecureHosts: [] })).toThrow(/not an amoCRM address/);
  });
});

describe('Retry-After', () => {
  const NOW = Date.parse('2026-11-22T12:00:00Z');
  test.each<[unknown, object]>([
    ['7', { retryAfterMs: 7_000 }],
    [' 0.5 ', { retryAfterMs: 500 }],
    ['Sun, 22 Nov 2026 12:01:00 GMT', { retryAfterMs: 60_000 }],
    ['86400', { retryAfterMs: 3_600_000 }],
    ['Mon, 23 Nov 2026 12:00:00 GMT', { retryAfterMs: 3_600_000 }],
    ['0', {}],
    ['-5', {}],
    ['Sun, 22 Nov 2026 11:59:00 GMT', {}],
    ['soon', {}],
    ['', {}],
    [undefined, {}],
    [['7'], {}],
  ])('%p', (header, pause) => {
    expect(retryAfterMs(header, NOW)).toEqual(pause);
  });
});
