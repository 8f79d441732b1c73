import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createBackendStage, startBackend, type TestBackend, widgetOf } from '../support/backend.ts';
import { disposableToken } from '../support/disposable-tokens.ts';
import type { Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createBackendStage({ sandbox: { calls: 0 } });
});
afterAll(() => stage.close());

/** Runs with a backend of its own, and ends it. */
async function withBackend(
  options: Parameters<typeof startBackend>[1],
  work: (backend: TestBackend, ask: ReturnType<typeof widgetOf>) => Promise<void>,
): Promise<void> {
  const backend = await startBackend(stage, options);
  try {
    await work(backend, widgetOf(backend.url, stage.sandbox));
  } finally {
    await backend.close();
  }
}

/** As the operator's machines ask, on the port of theirs. */
const operator = ({ operationsUrl }: TestBackend) => widgetOf(operationsUrl, stage.sandbox);

/** What amoCRM sends to the redirect URI. */
const callback = (query: Record<string, string>) => {
  const referer = new URL(stage.sandbox.addresses.amocrm).host;
  return fetch(`${stage.sandbox.redirectUri}?${new URLSearchParams({ referer, ...query }).toString()}`);
};

const sumOf = (counts: Record<string, number> = {}) => Object.values(counts).reduce((sum, count) => sum + count, 0);

describe('the backend', () => {
  test('is alive, ready and measured; metrics and log know patterns of addresses only', () =>
    withBackend({}, async (backend, ask) => {
      expect(await ask('GET /health')).toMatchObject({ status: 200, body: { ok: true } });
      expect(await operator(backend)('GET /ready')).toMatchObject({ status: 200, body: { ready: true, missing: [] } });
      await ask('GET /api/exports/5f0c3d8e-0000-4000-8000-000000000001?secret=1');
      const { body } = await operator(backend)('GET /metrics');
      expect(body['text']).toContain('route="/api/exports/:exportId"');
      expect(`${String(body['text'])}${backend.log()}`).not.toMatch(/secret=1|5f0c3d8e/);
    }));

  test('tells the public that it lives, and nothing of its metrics or of what it needs', () =>
    withBackend({}, async (_, ask) => {
      for (const path of ['/metrics', '/ready'])
        expect(await ask(`GET ${path}`, { token: null })).toMatchObject({ status: 404 });
      expect(await ask('GET /health', { token: null })).toMatchObject({ status: 200 });
    }));

  test('counts its requests to amoCRM, those for tokens among them, as the worker counts its own', () =>
    withBackend({}, async (backend, ask) => {
      await ask('GET /api/users');
      const code = stage.sandbox.amocrm.account.tokens.issueCode();
      for (let n = 0; n < 2; n++) await callback({ code, from_widget: '1' });
      const metrics = String((await operator(backend)('GET /metrics')).body['text']);
      const counted = (endpoint: string, outcome: string) =>
        `speechsense_export_amocrm_requests_total{account="${stage.accountId}",endpoint="${endpoint}",outcome="${outcome}"}`;
      expect(metrics).toContain(`${counted('/users', 'ok')} 2`);
      expect(metrics).toContain(`${counted('/account', 'ok')} 4`);
      expect(metrics).toContain(`${counted('/oauth2/access_token', 'ok')} 1`);
      expect(metrics).toContain(`${counted('/oauth2/access_token', 'amocrm_code_refused')} 1`);
    }));

  test('describes itself, to programs and to people', () =>
    withBackend({}, async (_, ask) => {
      const { body } = await ask('GET /api/openapi.json', { token: null });
      expect(Object.keys(body['paths'] as object)).toContain('/api/exports/{exportId}/calls');
      expect((await ask('GET /api/docs', { token: null })).body['text']).toContain('POST /api/previews');
    }));

  test('lets no more than so many requests of an address through, unknown addresses included', () =>
    withBackend({ limits: { perIp: 5, perAccount: 100 } }, async (_, ask) => {
      const answers = [];
      for (let n = 0; n < 7; n++) answers.push(await ask('GET /no/such/address', { token: null }));
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 429, 429]);
      expect(answers.at(-1)).toMatchObject({ body: { error: { code: 'too_many_requests' } } });
      expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await ask('GET /health')).toMatchObject({ status: 200 });
    }));

  test('lets no more than so many requests of an account through, whoever sends them', () =>
    withBackend({ limits: { perIp: 100, perAccount: 3 } }, async (_, ask) => {
      const answers = [];
      for (let n = 0; n < 5; n++)
        answers.push(await ask('GET /api/settings', { token: disposableToken(stage.sandbox) }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    }));

  test('asks amoCRM no more than so often because of install hooks, which anybody can send; a consent of ours comes through', () =>
    withBackend({ limits: { installsPerIp: 3 } }, async (_, ask) => {
      const asked = () => stage.sandbox.amocrm.requests.byRoute['POST /oauth2/access_token'];
      const before = sumOf(asked());
      const answers = [];
      for (let n = 0; n < 5; n++) answers.push((await callback({ code: 'def502', from_widget: '1' })).status);
      expect(answers).toEqual([409, 409, 409, 429, 429]);
      expect(sumOf(asked()) - before).toBe(3);
      const { body } = await ask('POST /api/consent', { body: {} });
      const state = new URL(String(body['consentUrl'])).searchParams.get('state') ?? '';
      const code = stage.sandbox.amocrm.account.tokens.issueCode();
      expect(await callback({ code, state })).toMatchObject({ status: 200 });
    }));

  test('believes the forwarded address of a proxy only where one is said to stand', async () => {
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.7' } };
    await withBackend({ limits: { perIp: 1, perAccount: 9 } }, async (_, ask) => {
      await ask('GET /no');
      expect(await ask('GET /no', forwarded)).toMatchObject({ status: 429 });
    });
    const environment = { TRUSTED_PROXIES: '1' };
    await withBackend({ limits: { perIp: 1, perAccount: 9 }, environment }, async (_, ask) => {
      await ask('GET /no');
      expect(await ask('GET /no', forwarded)).toMatchObject({ status: 404 });
    });
  });

  test('lets the account’s own pages read its answers, and no others', () =>
    withBackend({}, async (backend, ask) => {
      const preflight = (origin: string) =>
        fetch(`${backend.url}/api/settings`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-auth-token' },
        });
      const own = stage.sandbox.addresses.amocrm;
      const allowed = (await preflight(own)).headers;
      expect(allowed.get('access-control-allow-origin')).toBe(own);
      expect(allowed.get('access-control-allow-headers')?.toLowerCase()).toContain('x-auth-token');
      expect(allowed.get('access-control-allow-credentials')).toBeNull();
      expect(allowed.get('vary')).toMatch(/Origin/i);
      for (const other of ['https://evil.example', 'http://example.amocrm.ru', 'https://www.amocrm.ru', 'null']) {
        expect([other, (await preflight(other)).headers.get('access-control-allow-origin')]).toEqual([other, null]);
      }
      const refused = await ask('GET /api/settings', { token: 'expired' });
      expect(refused.headers.get('access-control-allow-origin')).toBe(own);
    }));

  test('sends the headers that keep browsers from mischief', () =>
    withBackend({}, async (_, ask) => {
      const { headers } = await ask('GET /api/settings');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('strict-transport-security')).toBeTruthy();
      expect(headers.get('cache-control')).toBe('no-store');
    }));

  test('told to end finishes the request under way, and what it left behind', async () => {
    const backend = await startBackend(stage);
    const ask = widgetOf(backend.url, stage.sandbox);
    stage.sandbox.amocrm.faults.set([{ match: '/users', answer: { delayMs: 500 }, times: 1 }]);
    const underWay = ask('GET /api/users');
    while (!stage.sandbox.amocrm.faults.list().some(({ struck }) => struck > 0)) await ask('GET /health');
    const closed = backend.close();
    expect(await underWay).toMatchObject({ status: 200 });
    await closed;
    await expect(ask('GET /health')).rejects.toThrow();
    expect(backend.log()).not.toContain('"level":50');
  });
});

test('says what is missing while Postgres is away, and answers again when it is back', async () => {
  const gone = { ...stage, ledger: { ...stage.ledger, ping: () => Promise.reject(new Error('away')) } };
  const backend = await startBackend(gone);
  try {
    const answer = await operator(backend)('GET /ready');
    expect(answer).toMatchObject({ status: 503, body: { ready: false, missing: ['database'] } });
  } finally {
    await backend.close();
  }
});
