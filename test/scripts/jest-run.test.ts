import { spawnSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..');
let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
  await symlink(path.join(projectRoot, 'node_modules'), path.join(folder.path, 'node_modules'));
  await writeFile(path.join(folder.path, 'package.json'), '{ "type": "module", "jest": { "transform": {} } }');
});
afterEach(() => folder.remove());

async function outcomeOf(
  suites: Record<string, string>,
  ...args: string[]
): Promise<{ outcome: unknown; stderr: string }> {
  for (const [name, code] of Object.entries(suites)) await writeFile(path.join(folder.path, name), code);
  const ended = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'test/scripts/run-jest-once.ts', folder.path, ...args],
    { cwd: projectRoot, encoding: 'utf8' },
  );
  const outcome: unknown = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '');
  return { outcome, stderr: ended.stderr };
}

test('what passed and what was skipped is counted, and Node does not warn of its experimental modules', async () => {
  const { outcome, stderr } = await outcomeOf({
    'a.test.js': 'test("a", () => {}); test("b", () => {}); test.skip("c", () => {}); test.todo("d");',
  });
  expect(outcome).toEqual({ summary: '2 passed, 0 failed, 2 skipped', exitCode: 0 });
  expect(stderr).toContain('PASS');
  expect(stderr).not.toContain('ExperimentalWarning');
});

test('a failed test fails the run', async () => {
  const { outcome } = await outcomeOf({
    'a.test.js': 'test("a", () => {}); test("b", () => { throw new Error("no"); });',
  });
  expect(outcome).toEqual({ summary: '1 passed, 1 failed', exitCode: 1 });
});

test('a suite that cannot be loaded is a failure', async () => {
  const { outcome } = await outcomeOf({ 'a.test.js': 'test("a", () => {});', 'b.test.js': 'import "./absent.js";' });
  expect(outcome).toEqual({ summary: '1 passed, 1 failed', exitCode: 1 });
});

test('a run in which no test ran is a failure, also when jest does not think so', async () => {
  const { outcome } = await outcomeOf({ 'a.test.js': 'test("a", () => {});' }, '--passWithNoTests', 'no-such-suite');
  expect(outcome).toEqual({ summary: '0 passed, 0 failed', exitCode: 1 });
});

test('arguments reach jest', async () => {
  const { outcome } = await outcomeOf({ 'a.test.js': 'test("one", () => {}); test("two", () => {});' }, '-t', 'two');
  expect(outcome).toEqual({ summary: '1 passed, 0 failed, 1 skipped', exitCode: 0 });
});
