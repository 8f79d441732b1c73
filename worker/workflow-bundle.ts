import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

/** Where a build leaves the bundle: beside this file as it is compiled. */
export const BUNDLE_NAME = 'bundled-workflows.js';

/**
 * The workflows as one file of code: the one that the build made, else bundled now, which takes a few seconds. In a
 * clone there is never one beside this file, so that a worker always runs the workflows of its own sources.
 */
export async function workflowBundle(folder: string = import.meta.dirname): Promise<WorkflowBundleOption> {
  const codePath = path.join(folder, BUNDLE_NAME);
  return existsSync(codePath) ? { codePath } : bundleWorkflows();
}

/** Bundles the workflows beside this room. */
export async function bundleWorkflows(): Promise<{ code: string }> {
  // TypeScript in a clone, JavaScript in a build: the same file beside this one.
  const extension = path.extname(fileURLToPath(import.meta.url));
  const workflowsPath = fileURLToPath(new URL(`../workflows/index${extension}`, import.meta.url));
  return bundleWorkflowCode({ workflowsPath });
}
