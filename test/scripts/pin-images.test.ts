import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..');
const FILES = ['Dockerfile', 'docker-compose.yml'];
const digestOf = (nth: number) => `sha256:${String(nth).repeat(64)}`;

describe('npm run pin-images', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(at('bin'));
    for (const file of FILES) await copyFile(path.join(projectRoot, file), at(file));
  });
  afterEach(() => folder.remove());

  const at = (...parts: string[]) => path.join(folder.path, ...parts);
  const read = async () => Promise.all(FILES.map((file) => readFile(at(file), 'utf8')));

  /** A docker that answers as buildx does: `script` sees the image as $4. */
  const fakeDocker = (script: string) => writeFile(at('bin', 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  function run(...args: string[]) {
    const script = path.join(projectRoot, 'scripts', 'pin-images.ts');
    const tsx = path.join(projectRoot, 'node_modules', 'tsx', 'dist', 'loader.mjs');
    const env = { PATH: `${at('bin')}${path.delimiter}/usr/bin${path.delimiter}/bin` };
    return spawnSync(process.execPath, ['--import', tsx, script, ...args], {
      cwd: folder.path,
      env,
      encoding: 'utf8',
    });
  }

  test('writes the digest of every image but the product’s own, and the next time brings them up to date', async () => {
    const before = await read();
    for (const nth of [1, 2]) {
      await fakeDocker(`echo "$*" >> '${at('asked')}'; echo ${digestOf(nth)}`);
      expect(run()).toMatchObject({ status: 0, stderr: '' });
      const after = await read();
      expect(after.map((text) => text.replaceAll(`@${digestOf(nth)}`, ''))).toEqual(before);
      const [dockerfile = '', compose = ''] = after;
      expect(dockerfile).toMatch(new RegExp(`^ARG NODE_IMAGE=node:[\\w.-]+@${digestOf(nth)}$`, 'm'));
      expect(compose).toMatch(new RegExp(`image: postgres:[\\w.-]+@${digestOf(nth)}$`, 'm'));
      expect(compose).toMatch(/image: speechsense-export:[\d.]+$/m);
    }
    const asked = (await readFile(at('asked'), 'utf8')).trim().split('\n');
    expect(asked).toContainEqual(
      expect.stringMatching(/^buildx imagetools inspect postgres:[\w.-]+ --format {{\.Manifest\.Digest}}$/),
    );
    // An image that two services share is asked for once.
    expect(asked).toHaveLength(new Set(asked).size * 2);
  });

  test.each([
    ['the registry of one does not answer', `case $4 in temporalio/*) echo 'no route' >&2; exit 1;; esac`],
    ['the answer is no digest', `case $4 in temporalio/*) echo 'latest'; exit 0;; esac`],
  ])('changes nothing when %s', async (_, script) => {
    const before = await read();
    await fakeDocker(`${script}\necho ${digestOf(1)}`);
    expect(run()).toMatchObject({ status: 5, stdout: '', stderr: expect.stringContaining('Nothing was changed') });
    expect(await read()).toEqual(before);
  });

  test('says with --check what is pinned and what is not, and changes nothing', async () => {
    await writeFile(at('Dockerfile'), `ARG NODE_IMAGE=node:22.1.0@${digestOf(3)}\n`);
    const before = await read();
    const { status, stdout } = run('--check', '--json');
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        { image: 'node:22.1.0', digest: digestOf(3) },
        { image: expect.stringMatching(/^temporalio\/server:/), digest: null },
      ]),
    );
    expect(run('--check').stdout).toMatch(/postgres:\S+ {2}not pinned: only its tag is/);
    expect(await read()).toEqual(before);
  });

  test('explains itself, and refuses what it does not know', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run pin-images') });
    expect(run('--chek')).toMatchObject({ status: 2 });
  });
});
