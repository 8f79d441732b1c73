import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

export interface BackendMetrics {
  registry: Registry;
  requestSeconds: Histogram<'method' | 'route' | 'status'>;
  hooks: Counter<'hook' | 'outcome'>;
  amocrmRequests: Counter<'account' | 'endpoint' | 'outcome'>;
}

/** The process's own metrics: patterns of routes, never addresses; of an account nothing but its number. */
export function createMetrics(): BackendMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requestSeconds = new Histogram({
    name: 'speechsense_export_request_seconds',
    help: 'How long requests take, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 3, 10, 30],
    registers: [registry],
  });
  const hooks = new Counter({
    name: 'speechsense_export_hooks_total',
    help: 'Calls of amoCRM by hook (install, consent, disconnect) and outcome (ok, or the error code).',
    labelNames: ['hook', 'outcome'],
    registers: [registry],
  });
  // As the worker counts its own.
  const amocrmRequests = new Counter({
    name: 'speechsense_export_amocrm_requests_total',
    help: 'Requests to amoCRM by account (0: not known yet), route (ids left out) and outcome (ok, cancelled, or the error code).',
    labelNames: ['account', 'endpoint', 'outcome'],
    registers: [registry],
  });
  return { registry, requestSeconds, hooks, amocrmRequests };
}
