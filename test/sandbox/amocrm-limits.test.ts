import { afterEach, describe, expect, test } from '@jest/globals';
import { openAccount, type TestAccount } from './amocrm-sandbox.ts';

let account: TestAccount;

afterEach(async () => {
  await account.close();
});

async function statuses(count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let at = 0; at < count; at += 1) seen.push((await account.get('/account')).status);
  return seen;
}

describe('limits', () => {
  test('the eighth request of any sliding second gets an HTML 429', async () => {
    account = await openAccount({ calls: 0, limits: {} });
    expect(await statuses(8)).toEqual([200, 200, 200, 200, 200, 200, 200, 429]);
    account.clock.advance(0.999);
    const refused = await account.get('/account');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toBe('text/html');
    account.clock.advance(0.001);
    expect(await statuses(1)).toEqual([200]);
    expect(account.amocrm.counters()).toMatchObject({ peakPerSecond: 9, violations: 2, banned: false });
  });

  test('the window slides: six requests at the end of one second count in the next', async () => {
    account = await openAccount({ calls: 0, limits: {} });
    account.clock.advance(0.9);
    await statuses(6);
    account.clock.advance(0.2);
    expect(await statuses(2)).toEqual([200, 429]);
  });

  test('after so many 429 everything is forbidden, the token endpoint too, until unblocked', async () => {
    account = await openAccount({ calls: 0, limits: { requestsPerSecond: 1, banAfter: 3 } });
    expect(await statuses(4)).toEqual([200, 429, 429, 403]);
    account.clock.advance(3_600);
    const page = await account.get('/account');
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html']);
    expect(page.text).toContain('nginx');
    expect((await account.post('/oauth2/access_token', {})).status).toBe(403);

    await account.amocrm.control('POST', '/unblock', undefined);
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('limits as other accounts may have them', () => {
  test('the eighth request of a second blocks at once', async () => {
    account = await openAccount({ calls: 0, limits: { requestsPerSecond: 7, banAfter: 1 } });
    expect(await statuses(8)).toEqual([200, 200, 200, 200, 200, 200, 200, 403]);
  });

  test('a 429 may be JSON and say when to come again, in either form', async () => {
    account = await openAccount({ calls: 0, limits: { requestsPerSecond: 1, refusal: 'json', retryAfter: 300 } });
    await account.get('/account');
    const refused = await account.get('/account');
    expect([refused.headers.get('content-type'), refused.headers.get('retry-after')]).toEqual(['application/problem+json', '300']); // prettier-ignore
    expect(refused.json()).toMatchObject({ status: 429, retry_after: 300 });

    const date = 'Sun, 22 Nov 2026 12:05:00 GMT';
    await account.amocrm.control('PUT', '/limits', { refusal: 'html', retryAfter: date });
    const page = await account.get('/account');
    expect([page.headers.get('content-type'), page.headers.get('retry-after')]).toEqual(['text/html', date]);
  });
});

describe('tokens', () => {
  test.each([
    ['no token', {}],
    ['a made-up token', { Authorization: 'Bearer eyJ0eXAiOiJKV1QifQ.e30.c2ln' }],
    ['another scheme', { Authorization: 'Basic abc' }],
  ])('%s is a 401 problem', async (_name, headers) => {
    account = await openAccount({ calls: 0 });
    const reply = await account.get('/account', headers);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(reply.json()).toEqual({
      title: 'Unauthorized',
      type: 'https://httpstatus.es/401',
      status: 401,
      detail: 'Неверный логин или пароль',
    });
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('revoked tokens are dead, one issued later lives', async () => {
    account = await openAccount({ calls: 0 });
    account.amocrm.account.tokens.revokeAll();
    expect(await statuses(1)).toEqual([401]);
    const fresh = account.amocrm.account.tokens.issueLongLived();
    expect((await account.get('/account', { Authorization: `Bearer ${fresh}` })).status).toBe(200);
    account.amocrm.account.tokens.restore();
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('faults', () => {
  test('strike the matching path so many times', async () => {
    account = await openAccount({ calls: 10 });
    const rule = { match: '/contacts/notes', times: 2, after: 1, answer: { status: 500 } };
    await account.amocrm.control('PUT', '/faults', [rule]);
    const seen = [];
    for (let at = 0; at < 4; at += 1) seen.push((await account.get('/contacts/notes')).status);
    expect(seen).toEqual([200, 500, 500, 200]);
    expect((await account.get('/account')).status).toBe(200);
  });

  test('answers in every wrong way', async () => {
    account = await openAccount({ calls: 0 });
    const { faults } = account.amocrm;
    faults.set([{ times: 1, answer: { status: 429, retryAfter: 3, html: false } }]);
    const throttled = await account.get('/account');
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '3']);
    expect(throttled.headers.get('content-type')).toBe('application/problem+json');

    faults.set([{ times: 1, answer: { status: 200, html: true } }]);
    expect((await account.get('/account')).text).toContain('<html>');

    faults.set([{ times: 1, answer: { badJson: true } }]);
    const broken = await account.get('/account');
    expect(() => broken.json()).toThrow(SyntaxError);

    faults.set([{ times: 1, answer: { reset: true } }]);
    await expect(account.get('/account')).rejects.toThrow();

    faults.set([{ times: 1, answer: { hang: true } }]);
    const abort = new AbortController();
    const hanging = fetch(`${account.amocrm.url}/api/v4/account`, { signal: abort.signal });
    while (account.amocrm.requests.byRoute['GET /api/v4/account']?.['hang'] === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    abort.abort();
    await expect(hanging).rejects.toThrow();

    faults.set([{ times: 1, answer: { endless: true } }]);
    const response = await fetch(`${account.amocrm.url}/api/v4/account`);
    let read = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      read += chunk.byteLength;
      if (read > 1_000_000) break;
    }
    expect(read).toBeGreaterThan(1_000_000);
    expect((await account.get('/account')).status).toBe(200);
  });

  test('drips the right answer', async () => {
    account = await openAccount({ calls: 0 });
    const whole = (await account.get('/account')).text;
    account.amocrm.faults.set([{ times: 1, answer: { drip: { bytes: 50, everyMs: 1 } } }]);
    const response = await fetch(`${account.amocrm.url}/api/v4/account`, { headers: { Authorization: `Bearer ${account.token}` } }); // prettier-ignore
    const pieces: Buffer[] = [];
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).toString()).toBe(whole);
    expect(pieces.length).toBeGreaterThan(1);
  });

  test('leads from page to page without an end', async () => {
    account = await openAccount({ calls: 60 });
    account.amocrm.faults.set([{ match: '/contacts/notes', answer: { endlessNext: true } }]);
    let page = (await account.get('/contacts/notes?limit=10')).list();
    const first = page.ids;
    for (let at = 2; at < 20; at += 1) {
      page = (await account.get(page.next ?? '')).list();
      expect([page.ids, new URL(page.next ?? '').searchParams.get('page')]).toEqual([first, String(at + 1)]);
    }
  });

  test('a large page times out, a smaller one does not', async () => {
    account = await openAccount({ calls: 60 });
    account.amocrm.faults.set([{ match: 'limit=250', answer: { status: 504 } }]);
    expect((await account.get('/contacts/notes?limit=250')).status).toBe(504);
    expect((await account.get('/contacts/notes?limit=125')).status).toBe(200);
  });

  test('a rule with a typo is refused', async () => {
    account = await openAccount({ calls: 0 });
    const refused = await account.amocrm.control('PUT', '/faults', [{ answer: { statuss: 500 } }]);
    expect(refused).toMatchObject({ status: 400 });
  });
});
