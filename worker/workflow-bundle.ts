import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

/** Where a build leaves the bundle: beside this file as it is compiled. */
export const BUNDLE_NAME = 'bundled-workflows.js';

/** Says where the bundle of a clone's sources is, after making it where that is needed. */
const KEPT_WORKFLOWS = path.join('scripts', 'kept-workflows.mjs');

/**
 * The workflows as one file of code: the one that the build made, else one of the sources as they are now. In a clone
 * there is never one beside this file, so that a worker always runs the workflows of its own sources.
 */
export async function workflowBundle(folder: string = import.meta.dirname): Promise<WorkflowBundleOption> {
  const codePath = path.join(folder, BUNDLE_NAME);
  return existsSync(codePath) ? { codePath } : ((await keptBundle(folder)) ?? bundleWorkflows());
}

/**
 * The bundle that is kept of the sources. It is looked for, and made, in a process of its own: making it takes seconds and
 * hundreds of MiB, which a worker would never give back. Undefined where none can be kept.
 */
async function keptBundle(folder: string): Promise<WorkflowBundleOption | undefined> {
  const script = path.join(path.dirname(folder), KEPT_WORKFLOWS);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    return { codePath: stdout.trim() };
  } catch {
    // No folder to keep it in, or no sources: what is wrong with them, bundling them here says.
    return undefined;
  }
}

/** Bundles the workflows beside this room. */
export async function bundleWorkflows(): Promise<{ code: string }> {
  // TypeScript in a clone, JavaScript in a build: the same file beside this one.
  const extension = path.extname(fileURLToPath(import.meta.url));
  const workflowsPath = fileURLToPath(new URL(`../workflows/index${extension}`, import.meta.url));
  return bundleWorkflowCode({ workflowsPath });
}
