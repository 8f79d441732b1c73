import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findKept, readKeptList } from '../../scripts/advisories/kept-list.ts';
import { readLockedPackages } from '../../scripts/advisories/locked-packages.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..');
const list = readKeptList(path.join(projectRoot, 'scripts', 'advisories', 'known.json'));
const locked = (name: string, version: string, shipped = true) => ({ name, version, shipped });

describe('the kept list of advisories', () => {
  test('names each advisory of a package once, and only packages that are locked here', () => {
    const names = new Set(readLockedPackages(path.join(projectRoot, 'package-lock.json')).map(({ name }) => name));
    const keys = list.advisories.map(([id, name]) => `${id} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const [, name] of list.advisories) expect([name, names.has(name)]).toEqual([name, true]);
  });

  test('concerns no package that is locked today', () => {
    expect(findKept(list, readLockedPackages(path.join(projectRoot, 'package-lock.json')))).toEqual([]);
  });

  test.each([
    ['undici', '7.27.9', true],
    ['undici', '7.28.0', false],
    ['undici', '6.27.0', false],
    ['undici', '8.5.0-rc.1', true],
  ])('finds %s %s by its range of versions: %s', (name, version, isHit) => {
    const found = findKept(list, [locked(name, version)]);
    expect(found.some(({ id }) => id === 'GHSA-35p6-xmwp-9g52')).toBe(isHit);
  });

  test('names every locked version that is concerned, and that it is shipped when one of them is', () => {
    const packages = [locked('luxon', '3.2.0', false), locked('luxon', '2.0.0'), locked('luxon', '3.7.2')];
    expect(findKept(list, packages)).toMatchObject([{ package: 'luxon', versions: ['3.2.0', '2.0.0'], shipped: true }]);
  });
});

describe('npm run advisories', () => {
  let folder: TemporaryFolder;
  let registry: Server;
  let answer: (asked: Record<string, string[]>) => { status: number; body: unknown };
  beforeEach(async () => {
    folder = await temporaryFolder();
    const packages = {
      '': { dependencies: { luxon: '3.2.0' }, devDependencies: { esbuild: '0.24.0' } },
      'node_modules/luxon': { version: '3.2.0' },
      'node_modules/esbuild': { version: '0.24.0', dev: true },
      'node_modules/pg': { version: '8.23.1' },
    };
    const manifest = { name: 'clone', version: '1.0.0', ...packages[''] };
    await writeFile(path.join(folder.path, 'package.json'), JSON.stringify(manifest));
    const lockfile = { ...manifest, lockfileVersion: 3, packages };
    await writeFile(path.join(folder.path, 'package-lock.json'), JSON.stringify(lockfile));
    // As npm's registry answers: advisories by POST, and what is known of a package by GET.
    registry = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const isBulk = request.url === '/-/npm/v1/security/advisories/bulk';
        const given = isBulk
          ? (JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as Record<string, string[]>)
          : {};
        const { status, body } = isBulk ? answer(given) : { status: 404, body: {} };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      })();
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
  });
  afterEach(async () => {
    registry.closeAllConnections();
    registry.close();
    await folder.remove();
  });

  async function run(...args: string[]) {
    const script = path.join(projectRoot, 'scripts', 'advisories.ts');
    const tsx = path.join(projectRoot, 'node_modules', 'tsx', 'dist', 'loader.mjs');
    const { port } = registry.address() as { port: number };
    const env = {
      PATH: process.env.PATH,
      npm_config_registry: `http://127.0.0.1:${port}`,
      npm_config_cache: path.join(folder.path, 'cache'),
    };
    const child = spawn(process.execPath, ['--import', tsx, script, ...args], { cwd: folder.path, env });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number]>,
    ]);
    return { stdout, stderr, status };
  }

  test('asks the registry, and tells what it answers with what is locked', async () => {
    answer = (asked) => {
      expect(asked).toEqual({ luxon: ['3.2.0'], esbuild: ['0.24.0'], pg: ['8.23.1'] });
      const advisory = { id: 1, title: 'slow', severity: 'high', vulnerable_versions: '<3.2.1', cwe: [] };
      return {
        status: 200,
        body: { luxon: [{ ...advisory, url: 'https://example.com/advisories/GHSA-3xq5-wjfh-ppjc' }] },
      };
    };
    const { stdout, status } = await run('--json');
    const finding = {
      id: 'GHSA-3xq5-wjfh-ppjc',
      package: 'luxon',
      versions: ['3.2.0'],
      severity: 'high',
      shipped: true,
    };
    expect(JSON.parse(stdout)).toMatchObject({ source: 'registry', findings: [finding] });
    expect(status).toBe(3);
  });

  test('is content when the registry knows of none, though the kept list would', async () => {
    answer = () => ({ status: 200, body: {} });
    expect(await run()).toMatchObject({
      stdout: 'The registry answered.\n3 locked packages, 0 advisories about them.\n',
      status: 0,
    });
  });

  test.each([
    [405, {}],
    [200, 'maintenance'],
    [500, { error: 'x' }],
  ])('takes the kept list when the registry answers %i, and says how old it is', async (status, body) => {
    answer = () => ({ status, body });
    const result = await run();
    expect(result.status).toBe(3);
    expect(result.stdout).toMatch(/^high {2}luxon 3\.2\.0 \(.*\) {2}GHSA-3xq5-wjfh-ppjc: /m);
    expect(result.stdout).toMatch(/^moderate {2}esbuild 0\.24\.0 .* \[development only\]$/m);
    expect(result.stdout).toMatch(/^The registry did not answer: .+\.$/m);
    expect(result.stdout).toMatch(/known up to \d{4}-\d\d-\d\d, \d+ days ago/);
    expect(result.stdout).not.toContain('127.0.0.1');
  });

  test('asks nobody with --kept; explains itself with --help; refuses what it does not know', async () => {
    answer = () => {
      throw new Error('was asked');
    };
    const kept = JSON.parse((await run('--kept', '--json')).stdout) as unknown;
    expect(kept).toMatchObject({ source: 'kept list', knownUntil: list.knownUntil, listed: list.advisories.length });
    expect(await run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run advisories') });
    expect(await run('--kpet')).toMatchObject({ status: 2 });
  });
});
