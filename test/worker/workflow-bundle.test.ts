import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { BUNDLE_NAME, workflowBundle } from '../../worker/workflow-bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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

test('a worker of a clone bundles the workflows of its sources', async () => {
  const bundle = await workflowBundle();
  if (!('code' in bundle)) throw new Error('a bundle that somebody built lies in the sources');
  for (const workflow of ['exportCalls', 'transferBatch']) expect(bundle.code).toContain(`function ${workflow}(`);
});
