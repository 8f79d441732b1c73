import { execFileSync, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isStandardOutput, writeReportFile } from '../../client/reports/report-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => void (folder = await temporaryFolder()));
afterAll(() => folder.remove());

const at = (name: string) => path.join(folder.path, name);
const write = (name: string, content = 'report') => writeReportFile(Readable.from([content]), at(name));
const modeOf = async (name: string) => (await stat(at(name))).mode & 0o777;

describe('a report is written', () => {
  test('to a new file, which its owner alone reads', async () => {
    await write('new.csv');
    expect(await readFile(at('new.csv'), 'utf8')).toBe('report');
    expect(await modeOf('new.csv')).toBe(0o600);
  });

  test.each([0o600, 0o640, 0o664])('in place of a file, with the mode %i that it had', async (mode) => {
    await writeFile(at('old.csv'), 'old');
    await chmod(at('old.csv'), mode);
    await write('old.csv');
    expect([await readFile(at('old.csv'), 'utf8'), await modeOf('old.csv')]).toEqual(['report', mode]);
  });

  test('behind a link, and behind a link to what is not there yet', async () => {
    await mkdir(at('disk'));
    await writeFile(at('disk/real.csv'), 'old');
    await symlink('disk/real.csv', at('link.csv'));
    await symlink('disk/later.csv', at('dangling.csv'));
    await write('link.csv');
    await write('dangling.csv');
    for (const name of ['real', 'later']) expect(await readFile(at(`disk/${name}.csv`), 'utf8')).toBe('report');
    for (const name of ['link', 'dangling']) expect((await lstat(at(`${name}.csv`))).isSymbolicLink()).toBe(true);
  });

  test('into a FIFO, which stays one', async () => {
    execFileSync('mkfifo', [at('pipe.csv')]);
    const reader = spawn('cat', [at('pipe.csv')]);
    const received = text(reader.stdout);
    await write('pipe.csv');
    expect(await received).toBe('report');
    expect((await lstat(at('pipe.csv'))).isFIFO()).toBe(true);
  });

  test('to a device', async () => {
    await symlink('/dev/null', at('null'));
    await write('null');
    expect((await lstat(at('null'))).isSymbolicLink()).toBe(true);
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});

test('a report that breaks off leaves the former one, and nothing else', async () => {
  await mkdir(at('kept'));
  await writeFile(at('kept/old.csv'), 'old');
  const broken = Readable.from(
    (function* () {
      yield 'half';
      throw new Error('broken off');
    })(),
  );
  await expect(writeReportFile(broken, at('kept/old.csv'))).rejects.toThrow('broken off');
  expect(await readFile(at('kept/old.csv'), 'utf8')).toBe('old');
  expect(await readdir(at('kept'))).toEqual(['old.csv']);
});

test('a folder is no file to write to', async () => {
  await mkdir(at('folder.csv'));
  await expect(write('folder.csv')).rejects.toMatchObject({ code: 'usage' });
});

describe('standard output', () => {
  test('is known by its names and through links', async () => {
    await symlink('/proc/self/fd/1', at('mystdout'));
    for (const name of ['-', '/dev/stdout', at('mystdout')]) expect(await isStandardOutput(name)).toBe(true);
    for (const name of [at('new.csv'), at('not-there'), '/dev/full']) expect(await isStandardOutput(name)).toBe(false);
  });
});
