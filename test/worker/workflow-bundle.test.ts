import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { BUNDLE_NAME, workflowBundle } from '../../worker/workflow-bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const projectRoot = path.resolve(import.meta.dirname, '..', '..');

async function keptCode(): Promise<string> {
  const bundle = await workflowBundle();
  if (!('codePath' in bundle)) throw new Error('the bundle of the sources was not kept');
  return readFile(bundle.codePath, 'utf8');
}

test('a worker of a build runs the workflows that were bundled with it', async () => {
  const folder = await temporaryFolder();
  try {
    const codePath = path.join(folder.path, BUNDLE_NAME);
    await writeFile(codePath, 'the workflows');
    expect(await workflowBundle(folder.path)).toEqual({ codePath });
  } finally {
    await folder.remove();
  }
});

test('a worker of a clone runs a bundle of its sources, which is kept', async () => {
  const code = await keptCode();
  for (const workflow of ['exportCalls', 'transferBatch']) expect(code).toContain(`function ${workflow}(`);
  expect(await workflowBundle()).toEqual(await workflowBundle());
});

test('a worker bundles the workflows itself where no bundle can be kept', async () => {
  const folder = await temporaryFolder();
  try {
    const bundle = await workflowBundle(path.join(folder.path, 'worker'));
    expect('code' in bundle && bundle.code).toContain('function exportCalls(');
  } finally {
    await folder.remove();
  }
});

test('the kept bundle holds nothing of this project but the rooms whose change makes it anew', async () => {
  const [, map = ''] = /sourceMappingURL=data:application\/json[^,]*,([A-Za-z0-9+/=]+)/.exec(await keptCode()) ?? [];
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
  const rooms = sources
    .filter((source) => source.endsWith('.ts') && !source.includes('node_modules'))
    .map((source) => path.relative(projectRoot, source).split(path.sep)[0]);
  expect(rooms).toContain('workflows');
  for (const room of rooms) expect(['workflows', 'errors']).toContain(room);
});
