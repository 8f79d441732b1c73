import { ENTITY_TYPES, type EntityType } from '../world/model.ts';
import type { Answer } from './answers.ts';
import type { ApiRequest } from './request.ts';

export interface Route {
  method: 'GET' | 'POST' | 'PATCH';
  /** `{entity}` matches an entity type in the plural, `{id}` and the like digits, `{key}` anything. */
  path: string;
  /** Routes of the token endpoint and the consent page work without a token. */
  open?: boolean;
  /** Answered at any host: routes of the api domain and of www, which outlive a renaming of the account. */
  anyHost?: boolean;
  handle(request: ApiRequest): Answer;
}

export interface Matched {
  route: Route;
  params: Record<string, string>;
  /** For the counters: ids left out, the entity type kept. */
  name: string;
}

/** The first route whose path fits; `undefined` for an unknown path. The method is the caller's to compare. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Matched | undefined {
  const asked = path.replace(/\/$/, '').split('/');
  let other: Matched | undefined;
  for (const route of routes) {
    const params = fit(route.path.split('/'), asked);
    if (params === undefined) continue;
    const matched = { route, params, name: `${method} ${route.path.replace('{entity}', params['entity'] ?? '')}` };
    if (route.method === method) return matched;
    other ??= matched;
  }
  return other;
}

/** The entity type that the path names; `contacts` never reached, as `{entity}` matches nothing else. */
export function entityParam(request: ApiRequest): EntityType {
  return ENTITY_TYPES.find((type) => type === request.params['entity']) ?? 'contacts';
}

function fit(pattern: string[], asked: string[]): Record<string, string> | undefined {
  if (pattern.length !== asked.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const segment = asked[at] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== segment) return undefined;
      continue;
    }
    if (name === 'entity' && !ENTITY_TYPES.some((type) => type === segment)) return undefined;
    if (name.toLowerCase().endsWith('id') && !/^\d+$/.test(segment)) return undefined;
    params[name] = segment;
  }
  return params;
}
