import { copyFile, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';

const BUILD_WITHIN_MS = 600_000;

/**
 * Builds the product as `npm run build` does, without its checks, which are not the suites' business: they run what a
 * deployment runs, and their many workers start without compiling anything.
 *
 * @param folder an empty one; it becomes a package of its own that borrows the project's dependencies.
 * @throws Error with what the compiler said.
 */
export async function buildForTests(projectRoot: string, folder: string): Promise<void> {
  await mkdir(folder);
  await symlink(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'));
  await copyFile(path.join(projectRoot, 'package.json'), path.join(folder, 'package.json'));
  const compiler = path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = path.join(projectRoot, 'tsconfig.build.json');
  const scripts = path.join(projectRoot, 'scripts');
  await Promise.all([
    built([compiler, '--project', project, '--outDir', folder, '--noCheck']),
    built([path.join(scripts, 'bundle-cli.mjs'), folder]),
    built(['--import', 'tsx', path.join(scripts, 'bundle-workflows.ts'), folder]),
  ]);
}

async function built(args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(process.execPath, args, {
    env: process.env,
    timeoutMs: BUILD_WITHIN_MS,
  });
  if (code !== 0) throw new Error(`The product could not be built for its suites:\n${output}`);
}
