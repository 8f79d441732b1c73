import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What a process with this logger leaves on its two streams. */
function logged(level: string, script: string): { stdout: string; lines: Record<string, unknown>[] } {
  const program = `
    import { createLogger } from './environment/logger.ts';
    const logger = createLogger('${level}');
    ${script}`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env.PATH } },
  );
  const lines = stderr.trim().split('\n').filter(Boolean);
  return { stdout, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a log line is JSON on standard error, and names that hold secrets or people are emptied by mistake or not', () => {
  const { stdout, lines } = logged(
    'info',
    `logger.info({ accountId: 7, token: 'SECRET', call: { phone: 'SECRET', link: 'SECRET', id: 5 } }, 'seen');
     logger.warn({ headers: { authorization: 'SECRET' }, apiKey: 'SECRET', password: 'SECRET', name: 'SECRET' }, 'too');
     logger.debug('not at this level');`,
  );
  expect(stdout).toBe('');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ accountId: 7, call: { id: 5 }, msg: 'seen' });
  expect(JSON.stringify(lines)).not.toContain('SECRET');
});
