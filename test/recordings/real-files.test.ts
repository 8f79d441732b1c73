import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { openJudge } from './real-file.ts';

// Real recordings that come with a package: the same voice as many programs have written it. `npm run zoo` tries more.

const FOLDER = path.join(import.meta.dirname, '../../node_modules/audio-lena');
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(aac|aiff?|caf|flac|m4a|mp3|ogg|opus|wav|webm)$/.test(file),
);

let judge: Awaited<ReturnType<typeof openJudge>>;
beforeAll(async () => {
  judge = await openJudge();
});
afterAll(() => judge.close());

test('there are a few dozen of them', () => {
  expect(FILES.length).toBeGreaterThan(24);
});

test.each(FILES)('%s is sent as ffmpeg plays it', async (file) => {
  expect(await judge.judge(path.join(FOLDER, file))).toMatchObject({ wrong: undefined });
});
