import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

export interface WorkerMetrics {
  registry: Registry;
  activitySeconds: Histogram<'activity' | 'outcome'>;
  amocrmRequests: Counter<'account' | 'endpoint' | 'outcome'>;
}

/** The process's own metrics: names of activities and error codes; of an account nothing but its number. */
export function createMetrics(): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const activitySeconds = new Histogram({
    name: 'speechsense_export_activity_seconds',
    help: 'How long activities take, by name and outcome (ok, or the error code).',
    labelNames: ['activity', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
    registers: [registry],
  });
  const amocrmRequests = new Counter({
    name: 'speechsense_export_amocrm_requests_total',
    help: 'Requests to amoCRM by account, route (ids left out) and outcome (ok, cancelled, or the error code).',
    labelNames: ['account', 'endpoint', 'outcome'],
    registers: [registry],
  });
  return { registry, activitySeconds, amocrmRequests };
}
