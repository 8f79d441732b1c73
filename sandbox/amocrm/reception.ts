import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Account } from './account.ts';
import { type Answer, EMPTY, nginxPage, problem, unauthorized } from './answers.ts';
import { type Faults, faultyAnswer } from './faults.ts';
import type { Limits, RateLimit } from './rate-limit.ts';
import type { ApiRequest } from './request.ts';
import type { Route } from './route.ts';

/** An answer to send, or what happens to the connection instead of one. */
export type Outcome = Answer | 'reset' | 'dropped' | 'hang' | 'endless';

export interface Reception {
  account: Account;
  limit: RateLimit;
  faults: Faults;
}

/** What nginx takes of a request's first line unless told otherwise: about 250 ids with encoded brackets. */
const MAX_TARGET_BYTES = 8_000;

/** The way of every request: blocks and limits, then faults, then the token, then its route. */
export async function receive(reception: Reception, request: ApiRequest, route?: Route): Promise<Outcome> {
  const { account, limit, faults } = reception;
  const token = /^Bearer (.+)$/i.exec(request.headers['authorization']?.toString() ?? '')?.[1];
  const claims = token === undefined ? undefined : account.tokens.check(token);

  // The block page and the 429 come from the nginx in front, before anything looks at the token.
  const open = route?.open === true;
  const verdict = limit.admit(open ? account.identity.clientId : (claims?.aud ?? 'unknown'));
  if (verdict === 'banned') return nginxPage(403);
  if (verdict === 'limited') return throttled(limit.limits);

  if (request.path.length + request.search.length > MAX_TARGET_BYTES) return nginxPage(414);

  const gone = route?.anyHost === true ? undefined : account.domain.gone(request.host);
  if (gone !== undefined) return gone;

  const fault = faults.strike(request.method, decode(`${request.path}${request.search}`));
  if (fault === undefined) return routed();
  if ('delayMs' in fault) {
    await wait(fault.delayMs);
    return routed();
  }
  if ('dropAnswer' in fault) {
    routed();
    return 'dropped';
  }
  if ('drip' in fault) return { ...routed(), drip: fault.drip };
  if ('endlessNext' in fault) return endlessNext(routed(withPage(request, '1')), request);
  if ('status' in fault) return faultyAnswer(fault);
  if ('badJson' in fault) return { status: 200, contentType: 'application/hal+json', body: '{"_page":1,"_embedded":{' };
  if ('endless' in fault) return 'endless';
  return 'hang' in fault ? 'hang' : 'reset';

  function routed(asked: ApiRequest = request): Answer {
    account.world.settle();
    if (!open && claims === undefined) return unauthorized();
    if (route === undefined) return problem(404, `Cannot ${request.method} ${request.path}`);
    if (route.method !== request.method) return problem(405, 'Этот метод песочница не поддерживает');
    if (request.params['entity'] === 'customers' && !account.world.customersOn) return customersOff(account);
    return route.handle(asked);
  }
}

function throttled({ refusal, retryAfter }: Limits): Answer {
  const headers: Record<string, string> = retryAfter === null ? {} : { 'Retry-After': String(retryAfter) };
  if (refusal === 'html') return nginxPage(429, headers);
  const more = typeof retryAfter === 'number' ? { retry_after: retryAfter } : {};
  return { ...problem(429, 'Превышено допустимое количество запросов', more), headers };
}

function withPage(request: ApiRequest, page: string): ApiRequest {
  return { ...request, query: { ...request.query, page } };
}

const listSchema = z.looseObject({ _links: z.looseObject({}) });

/** Whatever page was asked for, the first one with a link to the page after it. */
function endlessNext(answer: Answer, request: ApiRequest): Answer {
  if (answer.body === undefined) return answer;
  const list = listSchema.parse(JSON.parse(answer.body));
  const next = new URL(`${request.origin}${request.path}${request.search}`);
  next.searchParams.set('page', String(Number(next.searchParams.get('page') ?? 1) + 1));
  return { ...answer, body: JSON.stringify({ ...list, _links: { ...list._links, next: { href: next.href } } }) };
}

function customersOff({ switches }: Account): Answer {
  const status = switches.customersOffStatus;
  return status === 204 ? EMPTY : problem(status, 'Функционал покупателей отключён');
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
