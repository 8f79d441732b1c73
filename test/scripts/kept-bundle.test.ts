import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keptBundle } from '../../scripts/kept-bundle.mjs';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const KEPT_BUNDLE = path.resolve(import.meta.dirname, '../../scripts/kept-bundle.mjs');

describe('a bundle that is kept of the sources', () => {
  let clone: TemporaryFolder;
  let made = 0;
  beforeEach(async () => {
    clone = await temporaryFolder();
    made = 0;
    await mkdir(at('node_modules'));
    await writeFile(at('package-lock.json'), '{}');
    await writeFile(at('source.ts'), 'one');
    await settled();
  });
  afterEach(() => clone.remove());

  const at = (...parts: string[]) => path.join(clone.path, ...parts);
  const cached = () => readdir(at('node_modules', '.cache', 'speechsense-export'));

  /** Waits until a file that was just written counts as older than a bundle that begins now. */
  async function settled(): Promise<void> {
    const changedAt = (await stat(at('source.ts'))).ctimeMs;
    await waitFor(() => Promise.resolve(Date.now() > changedAt + 60 || undefined), { what: 'the clock to go on' });
  }

  async function copySource(folder: string): Promise<string[]> {
    made++;
    await copyFile(at('source.ts'), path.join(folder, 'main.js'));
    return ['source.ts'];
  }
  const kept = () => keptBundle(clone.path, 'it', copySource);
  const content = async (folder: string) => readFile(path.join(folder, 'main.js'), 'utf8');

  test('is made once, and used from then on', async () => {
    const folder = await kept();
    expect(await content(folder)).toBe('one');
    expect(await kept()).toBe(folder);
    expect(made).toBe(1);
  });

  test.each([
    ['another content', () => writeFile(at('source.ts'), 'three')],
    [
      'another content of the same size, with the time of the old one',
      async () => {
        const { atime, mtime } = await stat(at('source.ts'));
        await writeFile(at('source.ts'), 'two');
        await utimes(at('source.ts'), atime, mtime);
      },
    ],
    ['another set of dependencies', () => writeFile(at('package-lock.json'), '{ }')],
  ])('is made anew when a source has %s', async (_, change) => {
    const before = await kept();
    await change();
    await settled();
    const after = await kept();
    expect(after).not.toBe(before);
    expect(await content(after)).toBe(await readFile(at('source.ts'), 'utf8'));
    expect(made).toBe(2);
    // A process that began with it may still load the rest of it.
    expect(await content(before)).toBe('one');
  });

  test('is made anew when a source is gone, and when its note or its folder is', async () => {
    const note = at('node_modules', '.cache', 'speechsense-export', 'it.json');
    await rm(await kept(), { recursive: true });
    await kept();
    await writeFile(note, '{"folder":');
    await kept();
    expect(made).toBe(3);
    await rm(at('source.ts'));
    await expect(kept()).rejects.toThrow('ENOENT');
  });

  test('moves with its clone', async () => {
    await kept();
    await rename(clone.path, `${clone.path}-moved`);
    try {
      const folder = await keptBundle(`${clone.path}-moved`, 'it', copySource);
      expect(folder.startsWith(`${clone.path}-moved`)).toBe(true);
      expect(made).toBe(1);
    } finally {
      await rename(`${clone.path}-moved`, clone.path);
    }
  });

  test('is not kept when a source changes while it is made, but is used once', async () => {
    const folder = await keptBundle(clone.path, 'it', async (into) => {
      const files = await copySource(into);
      await writeFile(at('source.ts'), 'two');
      return files;
    });
    expect(await content(folder)).toBe('one');
    await settled();
    expect(await content(await kept())).toBe('two');
  });

  test('stays as it was when a new one cannot be made, and nothing of that is left', async () => {
    const before = await kept();
    await writeFile(at('source.ts'), 'wrong');
    await settled();
    const failing = keptBundle(clone.path, 'it', () => Promise.reject(new Error('no such syntax')));
    await expect(failing).rejects.toThrow('no such syntax');
    expect(await cached()).toEqual([path.basename(before), 'it.json']);
  });

  test('takes bundles away that are older than a day, not those of today nor of another name', async () => {
    const old = await kept();
    const other = await keptBundle(clone.path, 'other', copySource);
    const yesterday = new Date(Date.now() - 2 * 86_400_000);
    for (const folder of [old, other]) await utimes(folder, yesterday, yesterday);
    await writeFile(at('source.ts'), 'two');
    await settled();
    const today = await kept();
    expect((await cached()).sort()).toEqual(
      [path.basename(today), path.basename(other), 'it.json', 'other.json'].sort(),
    );
  });

  test('may be read by every user of the machine', async () => {
    const folder = await kept();
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
  });

  (process.getuid?.() === 0 ? test.skip : test)('is refused where nothing can be kept', async () => {
    await chmod(at('node_modules'), 0o555);
    await expect(kept()).rejects.toThrow('EACCES');
    await chmod(at('node_modules'), 0o755);
  });

  describe('by several processes', () => {
    const running: ChildProcess[] = [];
    afterEach(() => {
      for (const child of running.splice(0)) child.kill('SIGKILL');
    });

    /** A process that keeps the bundle; between its two halves it waits for `go`. */
    function start(): ChildProcess {
      const script = `
        import { existsSync, writeFileSync, appendFileSync } from 'node:fs';
        import { setTimeout as pause } from 'node:timers/promises';
        import { keptBundle } from ${JSON.stringify(pathToFileURL(KEPT_BUNDLE).href)};
        const folder = await keptBundle(${JSON.stringify(clone.path)}, 'it', async (into) => {
          writeFileSync(into + '/main.js', 'half');
          appendFileSync('begun', '.');
          while (!existsSync('go')) await pause(10);
          appendFileSync(into + '/main.js', ' and whole');
          return ['source.ts'];
        });
        console.log(folder);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        cwd: clone.path,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      running.push(child);
      return child;
    }
    const begun = (count: number) =>
      waitFor(async () => (await readFile(at('begun'), 'utf8')).length === count || undefined, {
        what: 'them to begin',
      });

    test('that begin at once, each gets a whole one, and the next process finds one', async () => {
      const said = [start(), start()].map(({ stdout }) => (stdout ? text(stdout) : Promise.resolve('')));
      await begun(2);
      await writeFile(at('go'), '');
      const folders = (await Promise.all(said)).map((line) => line.trim());
      expect(await Promise.all(folders.map(content))).toEqual(['half and whole', 'half and whole']);
      expect(folders).toContain(await kept());
      expect(made).toBe(0);
    });

    test('of which one is killed on the way, the next one makes its own', async () => {
      const killed = start();
      await begun(1);
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      expect(await content(await kept())).toBe('one');
    });
  });
});
