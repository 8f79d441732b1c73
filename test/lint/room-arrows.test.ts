import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const PROJECT = path.resolve(import.meta.dirname, '../..');

/** The project's own configuration; rules that need types are off, for the planted files exist on no disk. */
const eslint = new ESLint({
  cwd: PROJECT,
  overrideConfig: [
    { files: ['**/*.{ts,tsx}'], ...tseslint.configs.disableTypeChecked },
    { rules: { 'import-x/no-cycle': 'off' } },
  ],
});

async function refused(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: path.join(PROJECT, file) });
  const fatal = result?.messages.find((message) => message.fatal);
  if (!result || fatal) throw new Error(fatal?.message ?? `${file} is not linted`);
  return result.messages
    .filter(({ ruleId }) => ruleId === 'rooms/arrows' || ruleId === '@typescript-eslint/no-restricted-imports')
    .map(({ message }) => message);
}

const FORBIDDEN = 'client/ may not import worker/ (docs/decisions/0001-rooms-and-arrows.md).';
const UP = ['../', '../../', '../../../', '../../../../'];

describe.each(UP.map((up, at) => [at + 1, up] as const))('in a file %i folders deep', (depth, up) => {
  const file = (room: string) => [room, ...['a', 'b', 'c'].slice(0, depth - 1), 'planted.ts'].join('/');

  test.each([
    ['an import', `import { run } from '${up}worker/main.ts';\nrun();`],
    ['an import for its effects', `import '${up}worker/main.ts';`],
    ['an import of a type', `import type { Run } from '${up}worker/main.ts';\nexport type A = Run;`],
    ['a type named in place', `export type A = import('${up}worker/main.ts').Run;`],
    ['a re-export', `export { run } from '${up}worker/main.ts';`],
    ['a re-export of all', `export * from '${up}worker/main.ts';`],
    ['an import when it is needed', `export const run = () => import('${up}worker/main.ts');`],
    ['a detour', `export { run } from './${up}client/../worker/main.ts';`],
  ])('the fence stops %s', async (_, code) => {
    expect(await refused(file('client'), code)).toEqual([FORBIDDEN]);
  });

  test('no room imports tests, benchmarks or scripts', async () => {
    for (const folder of ['test', 'bench', 'scripts']) {
      expect(await refused(file('ledger'), `export * from '${up}${folder}/planted.ts';`)).toEqual([
        `Only entry points and tests import ${folder}/.`,
      ]);
    }
  });

  test('an arrow for types lets types pass, and nothing that runs', async () => {
    const from = (kind: string) => `export ${kind} { A } from '${up}workflows/messages.ts';`;
    expect(await refused(file('client'), from('type'))).toEqual([]);
    expect(await refused(file('client'), from(''))).toHaveLength(1);
  });

  test('allowed arrows, own files and packages pass', async () => {
    const code = `export * from '${up}ledger/ledger.ts';\nexport * from './settings/own.ts';\nexport * from 'worker';`;
    expect(await refused(file('client'), code)).toEqual([]);
  });
});

test('a folder of a room may have the name of another room', async () => {
  expect(await refused('widget/page/forms/planted.ts', `export * from '../settings/form.ts';`)).toEqual([]);
});

test('workflows import neither Node nor what is not replayed', async () => {
  for (const from of ['node:fs', 'fs', '@temporalio/client']) {
    expect(await refused('workflows/a/b/planted.ts', `export * from '${from}';`)).toHaveLength(1);
  }
  expect(await refused('workflows/a/b/planted.ts', `export * from '@temporalio/workflow';`)).toEqual([]);
});
