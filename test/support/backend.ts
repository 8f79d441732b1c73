import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createBackend } from '../../backend/open-backend.ts';
import type { Limits } from '../../backend/parts.ts';
import { readEnvironment } from '../../environment/environment.ts';
import { freePort } from '../../scripts/servers/free-port.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { disposableToken } from './disposable-tokens.ts';
import { createStage, type Stage, type StageOptions } from './stage.ts';

export interface TestBackend {
  /** `http://127.0.0.1:port` */
  url: string;
  /** The same of its /ready and /metrics. */
  operationsUrl: string;
  /** All that it has logged. */
  log(): string;
  close(): Promise<void>;
}

export interface TestBackendOptions {
  limits?: Partial<Limits>;
  /** More of its environment. */
  environment?: Record<string, string>;
}

/** Nobody reaches them but a test that means to. */
const WIDE_LIMITS: Limits = {
  perIp: 1_000_000,
  perAccount: 1_000_000,
  installsPerIp: 1_000_000,
  installsPerHost: 1_000_000,
  installs: 1_000_000,
};

/** A stage whose integration redirects to a backend that {@link startBackend} can start and start again. */
export async function createBackendStage(options: StageOptions = {}): Promise<Stage> {
  const redirectUri = `http://127.0.0.1:${await freePort()}/oauth/callback`;
  return createStage({ ...options, sandbox: { redirectUri, ...options.sandbox } });
}

/** The backend over the stage's ledger, Temporal and sandbox, where its redirect URI says. */
export async function startBackend(stage: Stage, options: TestBackendOptions = {}): Promise<TestBackend> {
  const { origin: url, port } = new URL(stage.sandbox.redirectUri);
  const environment = readEnvironment({
    ...stage.environment,
    PORT: port,
    OPERATIONS_PORT: '0',
    ...options.environment,
  });
  let logged = '';
  const logger = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  const temporal = { client: stage.temporal, connection: stage.connection, namespace: 'default' };
  const backend = await createBackend({
    environment,
    ledger: stage.ledger,
    temporal,
    logger,
    limits: { ...WIDE_LIMITS, ...options.limits },
  });
  const { operationsPort } = await backend.listen();
  return { url, operationsUrl: `http://127.0.0.1:${operationsPort}`, log: () => logged, close: () => backend.close() };
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface ApiRequest {
  method?: string;
  body?: unknown;
  /** A fresh one of an administrator when absent; none for null. */
  token?: string | null;
  headers?: Record<string, string>;
}

/** Requests as the widget sends them from the account's page: with a fresh token each, and a key with each change. */
export function widgetOf(backendUrl: string, sandbox: Sandbox) {
  return async (route: string, { method, body, token, headers }: ApiRequest = {}): Promise<ApiAnswer> => {
    const [verb = 'GET', path = ''] = route.split(' ');
    const sent = token === undefined ? disposableToken(sandbox) : token;
    const answer = await fetch(`${backendUrl}${path}`, {
      method: method ?? verb,
      headers: {
        origin: sandbox.addresses.amocrm,
        ...(sent === null ? {} : { 'x-auth-token': sent }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(verb === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, headers: answer.headers, body: isJson ? parsed(text) : { text } };
  };
}

function parsed(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
