import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface WorkerMetrics {
  registry: Registry;
  activitySeconds: Histogram<'activity' | 'outcome'>;
}

/** The process's own metrics: names of activities and error codes, never an account's data. */
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
  return { registry, activitySeconds };
}
