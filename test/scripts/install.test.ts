import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..');

describe('a clone whose dependencies are not those of its lockfile', () => {
  let clone: TemporaryFolder;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    clone = await temporaryFolder();
    for (const folder of ['scripts', 'bin']) await mkdir(at(folder));
    await copyFile(path.join(projectRoot, 'scripts', 'run.mjs'), at('scripts', 'run.mjs'));
    await writeFile(at('package.json'), '{}');
    await writeFile(at('.npmrc'), '');
    await writeFile(at('entry.mjs'), "console.log('it runs');");
    await lockfile('package-lock.json', '2.0.0');
  });
  afterEach(async () => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    await clone.remove();
  });

  const at = (...parts: string[]) => path.join(clone.path, ...parts);

  async function lockfile(file: string, version: string): Promise<void> {
    await mkdir(path.dirname(at(file)), { recursive: true });
    await writeFile(at(file), JSON.stringify({ packages: { '': {}, 'node_modules/tsx': { version } } }));
  }

  /** A node_modules that holds version 1.0.0, where the lockfile asks for 2.0.0. */
  async function installOld(): Promise<void> {
    await mkdir(at('node_modules', 'tsx'), { recursive: true });
    await writeFile(at('node_modules', 'tsx', 'index.js'), "console.log('tsx 1.0.0');");
    await lockfile('node_modules/.package-lock.json', '1.0.0');
  }

  /** An npm that notes how it was called and, after `before`, installs what the lockfile beside it asks for. */
  async function fakeNpm(before = ''): Promise<void> {
    const npm = `#!/bin/sh
echo "$@" >> '${at('calls')}'
${before}
rm -rf node_modules
mkdir -p node_modules/tsx
echo "console.log('tsx 2.0.0');" > node_modules/tsx/index.js
cp package-lock.json node_modules/.package-lock.json
`;
    await writeFile(at('bin', 'npm'), npm, { mode: 0o755 });
  }

  const command = (): [string, string[], { env: NodeJS.ProcessEnv }] => [
    process.execPath,
    [at('scripts', 'run.mjs'), 'entry.mjs'],
    { env: { PATH: `${at('bin')}${path.delimiter}${process.env.PATH ?? ''}` } },
  ];
  function run() {
    const [program, args, { env }] = command();
    return spawnSync(program, args, { env, encoding: 'utf8' });
  }
  function start(): ChildProcess {
    const [program, args, { env }] = command();
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    running.push(child);
    return child;
  }

  const installs = () => readdir(at('.cache', 'install'));

  test('installs them by npm ci, keeps nothing of the way there, and installs no second time', async () => {
    await fakeNpm();
    await installOld();
    expect(run()).toMatchObject({ status: 0, stdout: 'tsx 2.0.0\nit runs\n' });
    expect(run()).toMatchObject({ status: 0, stdout: 'tsx 2.0.0\nit runs\n', stderr: '' });
    expect(await readFile(at('calls'), 'utf8')).toBe('ci --include=dev\n');
    expect(await installs()).toEqual([]);
  });

  test.each(['exit 1', 'rm -rf node_modules; kill -9 $PPID'])(
    'keeps the dependencies that it has when npm does not finish (%s), and installs the next time',
    async (end) => {
      await installOld();
      await fakeNpm(end);
      expect(run().stdout).toBe('');
      expect(await readFile(at('node_modules', 'tsx', 'index.js'), 'utf8')).toContain('1.0.0');

      await fakeNpm();
      expect(run()).toMatchObject({ status: 0, stdout: 'tsx 2.0.0\nit runs\n' });
      expect(await installs()).toEqual([]);
    },
  );

  test('says that npm is missing', async () => {
    await writeFile(at('bin', 'node'), '');
    const ended = spawnSync(process.execPath, [at('scripts', 'run.mjs'), 'entry.mjs'], {
      env: { PATH: at('bin') },
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 1, stderr: expect.stringContaining('npm cannot be started') });
  });

  test('two commands that start at once both run, and neither takes node_modules from the other', async () => {
    // Each npm waits until the other one has begun.
    await fakeNpm(`while [ "$(wc -l < '${at('calls')}')" -lt 2 ]; do sleep 0.05; done`);
    const both = [start(), start()];
    const said = both.map(async (child) => {
      let text = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      await once(child, 'close');
      return text;
    });
    expect(await Promise.all(said)).toEqual(['tsx 2.0.0\nit runs\n', 'tsx 2.0.0\nit runs\n']);
    expect(await installs()).toEqual([]);
  });

  test('leaves the install of a running command alone', async () => {
    const isFirst = `[ "$(wc -l < '${at('calls')}')" -eq 1 ]`;
    await fakeNpm(`if ${isFirst}; then while [ ! -e '${at('go-on')}' ]; do sleep 0.05; done; fi`);
    const first = start();
    await waitFor(() => readFile(at('calls'), 'utf8'), { what: 'its npm to begin' });
    expect(run()).toMatchObject({ status: 0 });
    expect(await installs()).toEqual([String(first.pid)]);
    await writeFile(at('go-on'), '');
    expect(await once(first, 'exit')).toEqual([0, null]);
  });
});

describe('the lockfile', () => {
  let empty: TemporaryFolder;
  beforeEach(async () => {
    empty = await temporaryFolder();
  });
  afterEach(() => empty.remove());

  // Made on one platform, npm may leave the packages of the others out; `npm ci` then refuses everywhere.
  test.each([
    ['linux', 'x64', 'glibc'],
    ['linux', 'arm64', 'musl'],
    ['darwin', 'arm64', 'glibc'],
    ['win32', 'x64', 'glibc'],
  ])('holds every package for %s %s (%s), without asking a registry', (os, cpu, libc) => {
    const args = ['ci', '--dry-run', '--ignore-scripts', '--offline', '--cache', empty.path];
    const platform = [`--os=${os}`, `--cpu=${cpu}`, `--libc=${libc}`];
    const ended = spawnSync('npm', [...args, ...platform], { cwd: projectRoot, encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });

  test('pins every package by its hash and names no registry', async () => {
    const { packages } = JSON.parse(await readFile(path.join(projectRoot, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { integrity?: string; resolved?: string }>;
    };
    const { '': root, ...dependencies } = packages;
    expect(root).toBeDefined();
    const unsound = Object.entries(dependencies).filter(
      ([, { integrity, resolved }]) => !integrity?.startsWith('sha512-') || resolved !== undefined,
    );
    expect(unsound).toEqual([]);
  });
});
