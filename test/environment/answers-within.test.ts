import { expect, test } from '@jest/globals';
import { answersWithin } from '../../environment/answers-within.ts';

test.each([
  ['answers', Promise.resolve(), true],
  ['is refused', Promise.reject(new Error('away')), false],
  ['never ends', new Promise<void>(() => undefined), false],
])('a look that %s', async (_, look, expected) => {
  expect(await answersWithin(look, 50)).toBe(expected);
});
