import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { usualFfmpeg } from '../../environment/usual-ffmpeg.ts';
import { findFfmpeg } from '../../scripts/programs/ffmpeg.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const WHEEL_CONTENT = 'a wheel';
const PROGRAM = 'imageio_ffmpeg/binaries/ffmpeg-here';
const GOOD = '#!/bin/sh\necho "ffmpeg version 9.0.2"; echo " A....D libopus              libopus Opus"\n';
const WITHOUT_OPUS = '#!/bin/sh\necho "ffmpeg version 9.0.2"\n';

let folder: TemporaryFolder;
let said: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  said = [];
  for (const name of ['bin', 'home', 'project']) await mkdir(at(name));
});
afterEach(() => folder.remove());

const at = (...parts: string[]) => path.join(folder.path, ...parts);
const cached = () => at('project', '.cache', 'ffmpeg', '9.0.2', 'ffmpeg');
/** Only what a test puts into `bin` is on PATH. */
const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ PATH: at('bin'), HOME: at('home'), ...more });

async function program(file: string, script = GOOD): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, script, { mode: 0o755 });
  return file;
}

function find(more: NodeJS.ProcessEnv = {}, platform = `${process.platform}-${process.arch}`): Promise<string> {
  const sha256 = createHash('sha256').update(WHEEL_CONTENT).digest('hex');
  return findFfmpeg({
    projectRoot: at('project'),
    env: env(more),
    say: (line) => said.push(line),
    wheel: {
      package: 'imageio-ffmpeg',
      version: '0.8.1',
      content: 'ffmpeg',
      builds: { [platform]: { sha256, program: PROGRAM } },
    },
  });
}

/** A python3 whose pip "downloads" a wheel of this content, and whose zipfile "unpacks" an ffmpeg from it. */
function fakePython(wheelContent = WHEEL_CONTENT): Promise<string> {
  return program(
    at('bin', 'python3'),
    `#!${process.execPath}
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(at('calls'))}, args.at(-1) + '\\n');
if (args[1] === 'pip') writeFileSync(args[args.indexOf('--dest') + 1] + '/a.whl', ${JSON.stringify(wheelContent)});
else {
  mkdirSync(args[4] + '/imageio_ffmpeg/binaries', { recursive: true });
  writeFileSync(args[4] + '/${PROGRAM}', ${JSON.stringify(GOOD)});
}
`,
  );
}

describe('an ffmpeg for a clone', () => {
  test('is the one of FFMPEG_PATH before the one on PATH, and that one before the cache', async () => {
    await program(cached());
    expect(await find()).toBe(cached());
    const onPath = await program(at('bin', 'ffmpeg'));
    expect(await find()).toBe(onPath);
    const chosen = await program(at('my-ffmpeg'));
    expect(await find({ FFMPEG_PATH: chosen })).toBe(chosen);
  });

  test.each([
    ['leads nowhere', undefined],
    ['cannot write Opus', WITHOUT_OPUS],
  ])('is not replaced where FFMPEG_PATH %s', async (_, script) => {
    await program(at('bin', 'ffmpeg'));
    const chosen = at('my-ffmpeg');
    if (script !== undefined) await program(chosen, script);
    await expect(find({ FFMPEG_PATH: chosen })).rejects.toMatchObject({
      code: 'ffmpeg_missing',
      message: expect.stringContaining(chosen),
    });
  });

  test('is another one where the one on PATH cannot write Opus, and that is said', async () => {
    const poor = await program(at('bin', 'ffmpeg'), WITHOUT_OPUS);
    await program(cached());
    expect(await find()).toBe(cached());
    expect(said).toEqual([expect.stringMatching(`${poor}.*libopus`)]);
  });

  test('is brought by pip of a pinned version, once', async () => {
    await fakePython();
    expect(await find()).toBe(cached());
    expect(await find()).toBe(cached());
    expect(await readFile(at('calls'), 'utf8')).toMatch(/^imageio-ffmpeg==0\.8\.1\n[^\n]+\n$/);
  });

  test.each([
    ['a wheel with another hash', () => fakePython('another wheel'), undefined, /another hash/],
    ['no wheel for this platform', () => fakePython(), 'plan9-mips', /no wheel of imageio-ffmpeg/],
    ['no pip', () => Promise.resolve(), undefined, /there is no pip/],
  ])('cannot be had with %s, and that is said with what to do', async (_, prepare, platform, problem) => {
    await prepare();
    const error: unknown = await find({}, platform).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ffmpeg_missing', message: expect.stringMatching(problem) });
    expect(error).toMatchObject({ message: expect.stringMatching(/apt install ffmpeg.*FFMPEG_PATH/) });
  });
});

describe('without FFMPEG_PATH a process runs', () => {
  test('the ffmpeg on PATH, else the fetched one of the clone or of the user', async () => {
    const run = () => usualFfmpeg(at('project'), env());
    expect(run()).toBe('ffmpeg');
    const users = await program(at('home', '.cache', 'speechsense-export', 'ffmpeg', '9.0.2', 'ffmpeg'));
    expect(run()).toBe(users);
    await program(cached());
    expect(run()).toBe(cached());
    await program(at('bin', 'ffmpeg'));
    expect(run()).toBe('ffmpeg');
  });
});
