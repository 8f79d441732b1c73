import { describe, expect, test } from '@jest/globals';
import { ApiError } from '../../widget/page/api/api-error.ts';
import { createApi } from '../../widget/page/api/client.ts';
import { createBackEnd, refusal, status } from './back-end.ts';

const message = { ru: 'Токен устарел', en: 'The token has expired' };

/** The promise of the old jQuery: it has `then`, and neither `catch` nor `finally`. */
function jqXHR(then: (resolve: (answer: unknown) => void, reject: (failure: unknown) => void) => void) {
  return { then } as unknown as PromiseLike<unknown>;
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the API client', () => {
  test('a token that expired while the page was open is replaced by a fresh one, once', async () => {
    let refusals = 1;
    const backEnd = createBackEnd({
      'GET /status': () => {
        if (refusals-- > 0) throw refusal(401, { code: 'token_expired', message });
        return status();
      },
    });
    const api = createApi('https://export.example', backEnd.send);
    expect(await api.status()).toEqual(status());
    refusals = 2;
    expect((await failureOf(api.status())).code).toBe('token_expired');
    expect(backEnd.requests).toHaveLength(4);
  });

  test('a request tried again carries the same Idempotency-Key', async () => {
    let refusals = 1;
    const backEnd = createBackEnd({
      'POST /exports': () => {
        if (refusals-- > 0) throw refusal(401, { code: 'token_used', message });
        return { exportId: 'e-1' };
      },
    });
    await createApi('https://export.example', backEnd.send).start('key-1');
    expect(backEnd.requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-1']);
  });

  test('other refusals are not tried again', async () => {
    const backEnd = createBackEnd({
      'GET /users': () => {
        throw refusal(403, { code: 'not_an_administrator', message });
      },
    });
    const error = await failureOf(createApi('https://export.example', backEnd.send).users());
    expect(error).toMatchObject({ status: 403, code: 'not_an_administrator', sentence: message });
    expect(error.isOutcomeUnknown).toBe(false);
    expect(backEnd.requests).toHaveLength(1);
  });

  test.each([
    ['no answer', refusal(0), 'unreachable', true],
    ['a proxy’s page', { status: 502, responseText: '<html>Bad gateway</html>' }, 'http_502', true],
    ['an error of another shape', { status: 400, responseText: '{"error":"no"}' }, 'http_400', false],
    ['an exception', new TypeError('boom'), 'unreachable', true],
    ['nothing at all', undefined, 'unreachable', true],
  ])('%s is an error of the one shape', async (_, failure, code, isOutcomeUnknown) => {
    const api = createApi('https://export.example', () => jqXHR((_resolve, reject) => reject(failure)));
    expect(await failureOf(api.status())).toMatchObject({ code, isOutcomeUnknown, sentence: null, problems: [] });
  });

  test('an answer that is no object is an error too', async () => {
    const api = createApi('https://export.example', () => Promise.resolve('<html>'));
    expect((await failureOf(api.status())).code).toBe('bad_answer');
  });

  test('takes the thenable without catch that the old jQuery gives', async () => {
    const api = createApi('https://export.example', () => jqXHR((resolve) => resolve(status())));
    expect(await api.status()).toEqual(status());
  });

  test('what goes into a path or a query is escaped', async () => {
    const backEnd = createBackEnd();
    const api = createApi('https://export.example', backEnd.send);
    await failureOf(api.calls('../x?', { state: undefined, reason: 'a&b=c', limit: 5 }));
    expect(backEnd.requests[0]?.path).toBe('/exports/..%2Fx%3F/calls?reason=a%26b%3Dc&limit=5');
  });
});
