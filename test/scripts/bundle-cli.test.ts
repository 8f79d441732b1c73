import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..');
const build = process.env.TEST_BUILD ?? path.join(projectRoot, 'dist');
const bundle = path.join(build, 'command-line');

/** Every package that the files load, with what they import in turn before they run. */
async function packagesOf(entries: string[]): Promise<string[]> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const code = await readFile(path.join(bundle, file), 'utf8');
    for (const [, name = ''] of code.matchAll(/^ *\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)) packages.add(name);
    for (const [, next = ''] of code.matchAll(/^(?:import|export|\} from)[^;]*?"\.\/([^"]+)";$/gm)) waiting.push(next);
  }
  return [...packages].sort();
}

describe('the command line as one bundle', () => {
  let files: string[];
  let image: TemporaryFolder;
  beforeAll(async () => {
    files = (await readdir(bundle)).filter((file) => file.endsWith('.js'));
    image = await temporaryFolder();
    await mkdir(path.join(image.path, 'bin'));
    await copyFile(
      path.join(projectRoot, 'bin', 'speechsense-export.mjs'),
      path.join(image.path, 'bin', 'speechsense-export.mjs'),
    );
    await symlink(build, path.join(image.path, 'dist'));
  });
  afterAll(() => image.remove());

  const named = (name: string) => files.filter((file) => new RegExp(`^${name}-[A-Z0-9]{8}\\.js$`).test(file));

  test('loads nothing for --help but what reads the command line', async () => {
    expect(await packagesOf(['main.js'])).toEqual(['commander']);
  });

  test('loads the ledger and Temporal’s client for status and stop, and neither amoCRM, SpeechSense nor phone rules', async () => {
    for (const command of ['status', 'stop']) {
      const parts = ['run-command', command, 'export-client', 'temporal-connection'].flatMap(named);
      expect(parts).toHaveLength(4);
      const packages = await packagesOf(['main.js', ...parts]);
      expect(packages).toEqual(expect.arrayContaining(['@temporalio/client', 'kysely', 'pg']));
      for (const heavy of ['@yandex-cloud/nodejs-sdk', 'axios', 'libphonenumber-js', 'undici', 'hucre'])
        expect(packages).not.toContain(heavy);
    }
  });

  test('never loads the worker or Temporal’s native core', async () => {
    const packages = await packagesOf(files);
    for (const name of ['@temporalio/worker', '@temporalio/core-bridge', 'webpack'])
      expect(packages).not.toContain(name);
  });

  test('is what the program of an image runs, which has no sources', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(image.path, 'bin', 'speechsense-export.mjs'), ...args], {
        env: {},
        encoding: 'utf8',
      });
    expect(run('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('status [options]') });
    expect(run('status')).toMatchObject({ status: 2, stderr: expect.stringContaining('DATABASE_URL is missing') });
    expect(run('statsu')).toMatchObject({ status: 2, stderr: expect.stringContaining("unknown command 'statsu'") });
  });
});
