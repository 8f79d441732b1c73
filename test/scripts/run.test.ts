import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../support/temporary-folder.ts';

const runner = path.resolve(import.meta.dirname, '..', '..', 'scripts', 'run.mjs');

test('an entry gets its arguments, prints nothing but its own and ends with its own exit code', async () => {
  const folder = await temporaryFolder();
  const entry = path.join(folder.path, 'entry.mts');
  await writeFile(
    entry,
    'const seen: string[] = process.argv.slice(1); console.log(JSON.stringify(seen)); process.exit(7);',
  );
  const ended = spawnSync(process.execPath, [runner, entry, '--json', 'two words'], { encoding: 'utf8', cwd: '/' });
  await folder.remove();
  expect(JSON.parse(ended.stdout)).toEqual([entry, '--json', 'two words']);
  expect(ended).toMatchObject({ status: 7, stderr: '' });
});

test('without an entry it says how it is used', () => {
  const ended = spawnSync(process.execPath, [runner], { encoding: 'utf8' });
  expect(ended.status).toBe(2);
  expect(ended.stderr).toContain('Usage');
});
