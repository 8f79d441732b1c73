import type { IncomingHttpHeaders } from 'node:http';
import type { PhpQuery } from '../http-app.ts';

/** A request that passed the limits and, where one is needed, the token check. */
export interface ApiRequest {
  method: string;
  /** Host and port of the Host header. */
  host: string;
  /** `http://127.0.0.1:port`, as the client wrote it: links in answers must lead back here. */
  origin: string;
  path: string;
  search: string;
  query: PhpQuery;
  headers: IncomingHttpHeaders;
  /** Parts of the path that the route's pattern names. */
  params: Record<string, string>;
  body: string;
}

/** A numeric part of the path. */
export function idParam(request: ApiRequest, name: string): number {
  return Number(request.params[name]);
}
