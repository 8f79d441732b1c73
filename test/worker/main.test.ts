import { spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../../scripts/servers/free-port.ts';
import { createTestSchema, type TestSchema } from '../support/postgres-schema.ts';
import { testServer } from '../support/test-server.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const KEY = Buffer.alloc(32, 1).toString('base64');

let schema: TestSchema;
let nobody: number;
beforeAll(async () => {
  schema = await createTestSchema();
  nobody = await freePort();
});
afterAll(() => schema.drop());

/** Runs a worker until it ends by itself. */
async function ended(environment: Record<string, string>): Promise<{ code: number | null; said: string[] }> {
  const worker = spawn(process.execPath, ['--import', 'tsx', path.join(ROOT, 'worker/main.ts')], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', WORKER_METRICS_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((resolve) => worker.once('close', resolve));
  return { code, said: output.trim().split('\n') };
}
const needed = () => ({
  DATABASE_URL: schema.databaseUrl,
  ENCRYPTION_KEYS: `k1:${KEY}`,
  TEMPORAL_ADDRESS: testServer('TEST_TEMPORAL_ADDRESS'),
});

describe('a worker that cannot work ends with one sentence and its exit code', () => {
  test('2 with a wrong environment, naming every variable and no value', async () => {
    const { code, said } = await ended({ ENCRYPTION_KEYS: 'k1:c2hvcnQ=', SPEECHSENSE_TLS: 'perhaps' });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/DATABASE_URL is missing.*ENCRYPTION_KEYS expected.*SPEECHSENSE_TLS/);
    expect(said[0]).not.toMatch(/c2hvcnQ|perhaps/);
    expect(code).toBe(2);
  });

  test('5 without a Postgres', async () => {
    const url = `postgres://exports:secret@127.0.0.1:${nobody}/exports`;
    const { code, said } = await ended({ ...needed(), DATABASE_URL: url });
    expect(said).toEqual([expect.stringMatching(/^Postgres does not answer \(ECONNREFUSED\)\. Check DATABASE_URL/)]);
    expect(said[0]).not.toContain('secret');
    expect(code).toBe(5);
  });

  test('5 with a database that is not there', async () => {
    const url = new URL(schema.databaseUrl);
    url.pathname = '/no_such_database';
    const { code, said } = await ended({ ...needed(), DATABASE_URL: url.href });
    expect(said).toEqual([expect.stringMatching(/wrong user, password or database name, 3D000/)]);
    expect(code).toBe(5);
  });

  test('5 without a Temporal', async () => {
    const { code, said } = await ended({ ...needed(), TEMPORAL_ADDRESS: `127.0.0.1:${nobody}` });
    expect(said).toEqual([expect.stringMatching(/^Temporal at 127\.0\.0\.1:\d+ does not answer\./)]);
    expect(code).toBe(5);
  });

  test('2 on a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, said } = await ended({ ...needed(), WORKER_METRICS_PORT: String(port) });
    other.close();
    expect(said.at(-1)).toMatch(new RegExp(`^Port ${port} is taken .*WORKER_METRICS_PORT`));
    expect(code).toBe(2);
  });
});
