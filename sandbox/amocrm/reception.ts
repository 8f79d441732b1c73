import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from './account.ts';
import { type Answer, EMPTY, nginxPage, problem, unauthorized } from './answers.ts';
import { type Faults, faultyAnswer } from './faults.ts';
import type { RateLimit } from './rate-limit.ts';
import type { ApiRequest } from './request.ts';
import type { Matched } from './route.ts';

/** An answer to send, or what happens to the connection instead of one. */
export type Outcome = Answer | 'reset' | 'dropped' | 'hang' | 'endless';

export interface Reception {
  account: Account;
  limit: RateLimit;
  faults: Faults;
}

/** The way of every request: blocks and limits, then faults, then the token, then its route. */
export async function receive(reception: Reception, request: ApiRequest, matched?: Matched): Promise<Outcome> {
  const { account, limit, faults } = reception;
  const token = /^Bearer (.+)$/i.exec(request.headers['authorization']?.toString() ?? '')?.[1];
  const claims = token === undefined ? undefined : account.tokens.check(token);

  // The block page and the 429 come from the nginx in front, before anything looks at the token.
  const open = matched?.route.open === true;
  const verdict = limit.admit(open ? account.identity.clientId : (claims?.aud ?? 'unknown'));
  if (verdict === 'banned') return nginxPage(403);
  if (verdict === 'limited') return nginxPage(429);

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
  if ('status' in fault) return faultyAnswer(fault);
  if ('badJson' in fault) return { status: 200, contentType: 'application/hal+json', body: '{"_page":1,"_embedded":{' };
  if ('endless' in fault) return 'endless';
  return 'hang' in fault ? 'hang' : 'reset';

  function routed(): Answer {
    account.world.settle();
    if (!open && claims === undefined) return unauthorized();
    if (matched === undefined) return problem(404, `Cannot ${request.method} ${request.path}`);
    if (matched.route.method !== request.method) return problem(405, 'Этот метод песочница не поддерживает');
    if (matched.params['entity'] === 'customers' && !account.world.customersOn) return customersOff(account);
    return matched.route.handle(request);
  }
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
