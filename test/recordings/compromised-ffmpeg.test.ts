import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runFfmpeg } from '../../recordings/ffmpeg/ffmpeg-process.ts';
import { findIsolation, type Isolation } from '../../recordings/ffmpeg/isolation.ts';

/** From the strictest to none; a system that allows one allows those after it. */
const LEVELS: Isolation[] = ['own_root', 'namespaces', 'none'];
const allowed = LEVELS.slice(LEVELS.indexOf(await findIsolation()));

/** What each leaves within reach; what the lists do not name is out of it. */
const WITHIN_REACH: Record<Isolation, string[]> = {
  own_root: [],
  namespaces: ['files', 'folders', 'sockets'],
  none: ['environment', 'files', 'folders', 'network', 'processes', 'sockets'],
};

const neighbour = createServer((socket) => socket.end());
const service = createServer((socket) => socket.end());
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'compromised-'));
  await writeFile(path.join(folder, 'keys'), 'secret', { mode: 0o600 });
  neighbour.listen(0, '127.0.0.1');
  service.listen(path.join(folder, 'socket'));
  await Promise.all([once(neighbour, 'listening'), once(service, 'listening')]);
});
afterAll(async () => {
  neighbour.close();
  service.close();
  await rm(folder, { recursive: true });
});

/** Runs a program in ffmpeg's place; answers the lines that it printed. */
async function printedBy(isolation: Isolation, script: string, scratch?: string) {
  const ffmpeg = path.join(folder, `ffmpeg-${isolation}`);
  await writeFile(ffmpeg, `#!/bin/bash\n${script}\n`);
  await chmod(ffmpeg, 0o755);
  let printed = '';
  const { end } = await runFfmpeg({
    ffmpeg,
    isolation,
    ...(scratch !== undefined && { scratch }),
    arguments: [],
    // eslint-disable-next-line @typescript-eslint/require-await
    input: (async function* () {
      yield Buffer.from('a recording');
    })(),
    output: (bytes) => {
      printed += bytes.toString();
      return Promise.resolve();
    },
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
  return { end, lines: printed.split('\n').filter((line) => line !== '') };
}

/** Asks the kernel for everything that is worth stealing, and for every way out. */
const thief = () => `
  exec 2>/dev/null
  cat /proc/*/environ | grep -qa TEST_DATABASE_URL && echo environment
  (: <${folder}/keys) && echo files
  (: >${folder}/left-by-ffmpeg) && echo folders
  (exec 3<>/dev/tcp/127.0.0.1/${(neighbour.address() as AddressInfo).port}) && echo network
  kill -0 ${process.pid} && echo processes
  [ -S ${folder}/socket ] && echo sockets
  unshare --user --map-root-user true && echo namespaces
  grep CapEff /proc/self/status | grep -qv 0000000000000000 && echo rights
  exit 0`;

describe('ffmpeg in the hands of a recording', () => {
  test.each(allowed)('under %s reaches no more than is said of it', async (isolation) => {
    const { end, lines } = await printedBy(isolation, thief());
    expect(end).toBe('done');
    const reached = lines.filter((line) => isolation !== 'none' || !['namespaces', 'rights'].includes(line));
    // Without a root of its own it may make namespaces inside its own, in which it has nothing more to reach.
    expect(reached.filter((line) => line !== 'namespaces')).toEqual(WITHIN_REACH[isolation]);
    expect(isolation === 'own_root' && lines.includes('namespaces')).toBe(false);
  });

  test.each(allowed)('under %s reads its pipe, and ends as it would end by itself', async (isolation) => {
    expect(await printedBy(isolation, 'cat')).toEqual({ end: 'done', lines: ['a recording'] });
    expect(await printedBy(isolation, 'exit 1')).toMatchObject({ end: 'partly' });
    expect(await printedBy(isolation, 'exit 69')).toMatchObject({ end: 'failed' });
    expect(await printedBy(isolation, 'kill -SEGV $$')).toMatchObject({ end: 'failed' });
    await expect(printedBy(isolation, 'kill -KILL $$')).rejects.toMatchObject({ code: 'unexpected' });
  });

  test('has one folder, where it has a root of its own and needs files, that others never see', async () => {
    if (allowed[0] !== 'own_root') return;
    const scratch = await mkdtemp(path.join(folder, 'scratch-'));
    const script = 'echo sound >/tmp/cache; ls -A /tmp; cp /bin/true /tmp; /tmp/true || echo cannot be run';
    expect(await printedBy('own_root', script, scratch)).toMatchObject({ lines: ['cache', 'cannot be run'] });
    expect(await readdir(scratch)).toEqual(['cache', 'true']);
    expect(await printedBy('own_root', 'ls -A /tmp')).toMatchObject({ lines: [] });
  });
});

describe('what a system allows', () => {
  test('is less for a program that needs more than the system libraries', async () => {
    const program = path.join(folder, 'wrapped');
    await writeFile(program, `#!/bin/sh\n. ${folder}/its-settings`);
    await writeFile(path.join(folder, 'its-settings'), 'exit 0');
    await chmod(program, 0o755);
    expect(await findIsolation(program)).toBe(allowed[0] === 'own_root' ? 'namespaces' : allowed[0]);
  });

  test('is the same for one that does not run at all', async () => {
    expect(await findIsolation('/nowhere/ffmpeg')).toBe(allowed[0]);
  });
});
