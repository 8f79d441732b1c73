import { Metadata } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';

/** The headers of one call: the API key, and an id of ours that the service's support can search its logs for. */
export function callHeaders(apiKey: string): Metadata {
  const headers = new Metadata();
  headers.set('authorization', `Api-Key ${apiKey}`);
  headers.set('x-client-request-id', randomUUID());
  return headers;
}
