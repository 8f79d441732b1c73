import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { takeDataFolder } from '../../scripts/start/only-one.ts';
import {
  environmentFile,
  keptEncryptionKeys,
  makePrivateFolder,
  writePrivateFile,
} from '../../scripts/start/private-file.ts';
import { readRemembered, writeRemembered } from '../../scripts/start/remembered.ts';
import { RunningParts } from '../../scripts/start/running-parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  try {
    await work(folder.path);
  } finally {
    await folder.remove();
  }
}

describe('what npm start has brought up', () => {
  test('ends in the reverse order, one that fails to end keeps none of the others', async () => {
    const ended: string[] = [];
    const complaints: string[] = [];
    const parts = new RunningParts();
    const part = (name: string) => ({ name, stop: () => Promise.resolve(void ended.push(name)) });
    await parts.add(part('Postgres'));
    await parts.add({ name: 'Temporal', stop: () => Promise.reject(new Error('it hangs')) });
    await parts.add(part('Worker'));
    await parts.end((line) => complaints.push(line));
    expect(ended).toEqual(['Worker', 'Postgres']);
    expect(complaints).toEqual(['Temporal: it hangs']);
  });

  test('that comes while everything is being ended is ended as well', async () => {
    let ended = false;
    const parts = new RunningParts();
    await parts.end(() => undefined);
    const late = { name: 'Worker', stop: () => Promise.resolve(void (ended = true)) };
    await expect(parts.add(late)).rejects.toThrow('Worker came too late');
    expect(ended).toBe(true);
  });

  test('is told by name when its process ends by itself', async () => {
    const parts = new RunningParts();
    const child = spawn('sleep', ['60']);
    await parts.add({ name: 'Worker', ...(child.pid ? { pid: child.pid } : {}), stop: () => Promise.resolve() });
    child.kill('SIGKILL');
    expect((await parts.firstDeath()).name).toBe('Worker');
  });
});

test('the keys are made once, and only their owner reads them', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'encryption-keys');
    const keys = await keptEncryptionKeys(file);
    expect(keys).toMatch(/^local:[A-Za-z0-9+/]{43}=$/);
    expect(await keptEncryptionKeys(file)).toBe(keys);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }));

test('folders of logs and reports are closed to others, also those that an earlier start made', () =>
  inFolder(async (folder) => {
    const logs = path.join(folder, 'data', 'logs');
    await mkdir(logs, { recursive: true, mode: 0o755 });
    await makePrivateFolder(logs);
    expect((await stat(logs)).mode & 0o777).toBe(0o700);
  }));

test('the command line reads from local.env what was written there', () =>
  inFolder(async (folder) => {
    const variables = { DATABASE_URL: 'postgres://u:p%23=@h:5/db?options=-c%20a=b', ENCRYPTION_KEYS: 'k:aa+/==#' };
    const file = path.join(folder, 'local.env');
    await writePrivateFile(file, environmentFile(variables));
    expect(parseEnv(await readFile(file, 'utf8'))).toEqual(variables);
  }));

test('what a start remembers the next one reads; a damaged file is a first start', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'start.json');
    const remembered = {
      ports: { amocrm: 20_001 },
      world: { seed: 1, calls: 300, anchor: '2026-11-22T12:00:00.000Z' },
    };
    await writeRemembered(file, remembered);
    expect(await readRemembered(file)).toEqual(remembered);
    await writeFile(file, '{ "ports": ');
    expect(await readRemembered(file)).toEqual({ ports: {} });
  }));

test('two starts do not share a data folder; one that was killed leaves it free', () =>
  inFolder(async (folder) => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'scripts/start.ts']);
    await writeFile(path.join(folder, 'start.pid'), String(other.pid));
    await expect(takeDataFolder(folder)).rejects.toThrow(`npm start runs here already (process ${other.pid ?? ''})`);
    const ended = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await ended;
    const giveBack = await takeDataFolder(folder);
    await giveBack();
  }));
