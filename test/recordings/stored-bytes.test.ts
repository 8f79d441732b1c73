import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PAGE_BYTES, PagePool } from '../../recordings/storage/page-pool.ts';
import { StoredBytes } from '../../recordings/storage/stored-bytes.ts';

let tempDir: string;
let pool: PagePool;
beforeEach(async () => {
  tempDir = await mkdtemp(path.join(tmpdir(), 'stored-bytes-test-'));
  pool = new PagePool(8 * PAGE_BYTES);
});
afterEach(() => rm(tempDir, { recursive: true }));

async function stored(bytes: Buffer, pieceBytes = 10_000): Promise<StoredBytes> {
  const store = new StoredBytes({ pool, tempDir });
  for (let at = 0; at < bytes.length; at += pieceBytes) await store.append(bytes.subarray(at, at + pieceBytes));
  await store.complete();
  return store;
}

async function piecesOf(store: StoredBytes): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of store.chunks()) pieces.push(piece);
  return pieces;
}

/** How many pages may still be taken. */
function roomIn(ofPool: PagePool): number {
  const taken: Buffer[] = [];
  while (ofPool.hasRoom(0)) taken.push(ofPool.take());
  ofPool.giveBack(taken);
  return taken.length;
}

describe('the bytes of a recording', () => {
  test.each([0, 1, PAGE_BYTES - 1, PAGE_BYTES, 2 * PAGE_BYTES, 2 * PAGE_BYTES + 1, 3 * PAGE_BYTES, 5 * PAGE_BYTES + 7])(
    'come back as they were, %i of them, as often as they are asked for',
    async (size) => {
      const bytes = randomBytes(size);
      const store = await stored(bytes);
      expect(store.sizeBytes).toBe(size);
      for (let time = 0; time < 2; time++) expect(Buffer.concat(await piecesOf(store)).equals(bytes)).toBe(true);
      await store.dispose();
    },
  );

  test('are read at any place, across pages and from memory into the file', async () => {
    const bytes = randomBytes(4 * PAGE_BYTES + 100);
    const store = await stored(bytes, 300_000);
    for (const border of [0, PAGE_BYTES, 2 * PAGE_BYTES, 3 * PAGE_BYTES, bytes.length]) {
      const from = Math.max(0, border - 50);
      expect((await store.read(from, 100)).equals(bytes.subarray(from, from + 100))).toBe(true);
    }
    expect((await store.read(0, bytes.length)).equals(bytes)).toBe(true);
    await expect(store.read(bytes.length, 10)).resolves.toHaveLength(0);
    await store.dispose();
  });

  test('give their memory back, also those that never came to their end', async () => {
    const whole = await stored(randomBytes(5 * PAGE_BYTES));
    const broken = new StoredBytes({ pool, tempDir });
    await broken.append(randomBytes(4 * PAGE_BYTES + 10));
    expect(roomIn(pool)).toBeLessThan(8);
    await Promise.all([whole.dispose(), broken.dispose()]);
    await broken.dispose();
    expect(roomIn(pool)).toBe(8);
  });

  test('of one recording take a quarter of the memory, however large it is', async () => {
    const store = await stored(randomBytes(7 * PAGE_BYTES));
    expect(roomIn(pool)).toBe(6);
    await store.dispose();
  });

  test('go to a file while others fill the memory, and come whole out of both', async () => {
    const bodies = Array.from({ length: 6 }, () => randomBytes(3 * PAGE_BYTES));
    const stores = await Promise.all(bodies.map((body) => stored(body)));
    expect(roomIn(pool)).toBe(0);
    for (const [number, store] of stores.entries()) {
      expect(Buffer.concat(await piecesOf(store)).equals(bodies[number] ?? Buffer.alloc(0))).toBe(true);
    }
    await Promise.all(stores.map((store) => store.dispose()));
    expect(roomIn(pool)).toBe(8);
    expect(await readdir(tempDir)).toEqual([]);
  });

  test('are not mixed with those of the recording that used the page before', async () => {
    await (await stored(Buffer.alloc(2 * PAGE_BYTES, 'a'))).dispose();
    const store = await stored(Buffer.from('short'));
    expect(Buffer.concat(await piecesOf(store)).toString()).toBe('short');
    expect((await store.read(0, 1_000)).toString()).toBe('short');
    await store.dispose();
  });

  test('that cannot be written say so, and take no memory with them', async () => {
    const store = new StoredBytes({ pool, tempDir: path.join(tempDir, 'absent') });
    await expect(store.append(randomBytes(4 * PAGE_BYTES))).rejects.toMatchObject({ code: 'temporary_file_failed' });
    await store.dispose();
    expect(roomIn(pool)).toBe(8);
  });
});
