import { afterEach, describe, expect, test } from '@jest/globals';
import { createMetrics } from '../../worker/metrics.ts';
import { startStatusServer, type StatusServer, type StatusServerOptions } from '../../environment/status-server.ts';

let server: StatusServer | undefined;
afterEach(() => server?.close());

async function start(options: Partial<StatusServerOptions> = {}) {
  server = await startStatusServer({
    host: '127.0.0.1',
    port: 0,
    setting: 'WORKER_METRICS_PORT',
    missing: () => Promise.resolve([]),
    metrics: () => Promise.resolve('a_metric 1\n'),
    ...options,
  });
  const { port } = server;
  return (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
}

describe('the status of a process', () => {
  test('is alive also while it reaches nothing', async () => {
    const get = await start({ missing: () => Promise.resolve(['database']) });
    expect(await (await get('/health')).json()).toEqual({ ok: true });
  });

  test('is ready when it reaches all it needs', async () => {
    const answer = await (await start())('/ready');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ready: true, missing: [] });
  });

  test('names what it does not reach, at every look anew', async () => {
    let absent = ['database', 'temporal'];
    const get = await start({ missing: () => Promise.resolve(absent) });
    const answer = await get('/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ready: false, missing: ['database', 'temporal'] });
    absent = [];
    expect((await get('/ready')).status).toBe(200);
  });

  test('has metrics as Prometheus reads them', async () => {
    const metrics = createMetrics();
    metrics.activitySeconds.startTimer({ activity: 'transferCall' })({ outcome: 'recording_expired' });
    const answer = await (await start({ metrics: () => metrics.registry.metrics() }))('/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await answer.text();
    expect(text).toMatch(
      /speechsense_export_activity_seconds_count\{activity="transferCall",outcome="recording_expired"\} 1/,
    );
    expect(text).toMatch(/process_resident_memory_bytes \d+/);
  });

  test('has nothing else', async () => {
    const get = await start();
    for (const path of ['/', '/metrics/', '/ready?x=1/../secrets', '/api']) expect((await get(path)).status).toBe(404);
  });

  test('that cannot be found out is an error of the server, and it goes on', async () => {
    const get = await start({ missing: () => Promise.reject(new Error('secret')) });
    const answer = await get('/ready');
    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe('');
    expect((await get('/metrics')).status).toBe(200);
  });

  test('says which setting to change when its port is taken', async () => {
    await start();
    const { port = 0 } = server ?? {};
    const taken = startStatusServer({
      host: '127.0.0.1',
      port,
      setting: 'OPERATIONS_PORT',
      missing: () => Promise.resolve([]),
      metrics: () => Promise.resolve(''),
    });
    await expect(taken).rejects.toMatchObject({
      code: 'port_in_use',
      values: { port, setting: 'OPERATIONS_PORT' },
    });
  });

  test('is gone after its end, also for those who keep a connection open', async () => {
    const get = await start();
    await get('/ready');
    await server?.close();
    server = undefined;
    await expect(get('/ready')).rejects.toThrow();
  });
});
