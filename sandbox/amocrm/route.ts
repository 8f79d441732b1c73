import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Requested } from '../http-app.ts';
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

/** `route` is another method's where the path has none for the method asked for; undefined for an unknown path. */
export type Serve = (
  request: FastifyRequest<Requested>,
  reply: FastifyReply,
  route: Route | undefined,
) => Promise<unknown>;

/** Hands every request to `serve`, with the route that its path fits. */
export function addRoutes(app: FastifyInstance, routes: readonly Route[], serve: Serve): void {
  const methods = new Map<string, Set<string>>();
  function add(method: HTTPMethods | HTTPMethods[], url: string, route: Route): void {
    app.route<Requested>({ method, url, handler: (request, reply) => serve(request, reply, route) });
  }
  for (const route of routes) {
    add(route.method, fastifyPath(route.path), route);
    const known = methods.get(nameless(route.path)) ?? new Set();
    methods.set(nameless(route.path), known.add(route.method));
  }
  for (const route of routes) {
    const known = methods.get(nameless(route.path));
    if (known === undefined) continue;
    methods.delete(nameless(route.path));
    add(app.supportedMethods.filter((method) => !known.has(method)), fastifyPath(route.path), route); // prettier-ignore
  }
  app.setNotFoundHandler<Requested>((request, reply) => serve(request, reply, undefined));
}

/** The entity type that the path names; `contacts` never reached, as `{entity}` matches nothing else. */
export function entityParam(request: ApiRequest): EntityType {
  return ENTITY_TYPES.find((type) => type === request.params['entity']) ?? 'contacts';
}

/** Paths are the same to a router whatever their parts are called. */
function nameless(path: string): string {
  return path.replace(/\{\w*id\}/gi, '{id}');
}

function fastifyPath(path: string): string {
  return path
    .replace('{entity}', `:entity(^(?:${ENTITY_TYPES.join('|')})$)`)
    .replace(/\{(\w*id)\}/gi, ':$1(^\\d+$)')
    .replace('{key}', ':key');
}
