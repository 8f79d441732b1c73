import { expect, test } from '@jest/globals';
import { waitFor } from './wait-for.ts';

test('it gives what the condition answered at last', async () => {
  const answers = [undefined, 0, 'there'];
  expect(await waitFor(() => answers.shift(), { what: 'an answer' })).toBe('there');
});

test('a condition that throws is asked again', async () => {
  let asked = 0;
  const answer = await waitFor(
    () => {
      if (++asked < 3) throw new Error('not yet');
      return asked;
    },
    { what: 'the third time' },
  );
  expect(answer).toBe(3);
});

test('it fails with what it waited for and what it saw last', async () => {
  await expect(waitFor(() => null, { what: 'a row', timeoutMs: 1 })).rejects.toThrow(
    'waited 0.001 s for a row; last seen: null',
  );
  const broken = () => Promise.reject(new Error('no table'));
  await expect(waitFor(broken, { what: 'a row', timeoutMs: 1 })).rejects.toThrow('it threw Error: no table');
});
