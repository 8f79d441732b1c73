#!/usr/bin/env node
// The command line, from one bundle that loads fast: in a clone from a bundle of the sources, which are the truth there
// however old a build lies beside them, and which is made anew when they change; in an image, which has no tsx, from
// the build.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = new URL('../cli/main.ts', import.meta.url);

// Errors name the lines of the sources.
process.setSourceMapsEnabled(true);
if (existsSync(source) && canRunSources()) await import((await bundleOfSources()) ?? source.href);
else await import(new URL('../dist/command-line/main.js', import.meta.url).href);

function canRunSources() {
  try {
    createRequire(import.meta.url).resolve('tsx');
    return true;
  } catch {
    return false;
  }
}

/** Undefined where no bundle can be kept (a clone that is read-only, a source with a mistake): tsx then runs the sources. */
async function bundleOfSources() {
  const { fileURLToPath, pathToFileURL } = await import('node:url');
  const { keptBundle } = await import('../scripts/kept-bundle.mjs');
  try {
    const folder = await keptBundle(fileURLToPath(new URL('..', import.meta.url)), 'command-line', async (into) => {
      const { bundleCommandLine } = await import('../scripts/bundle-cli.mjs');
      return bundleCommandLine(into);
    });
    return pathToFileURL(`${folder}/main.js`).href;
  } catch (error) {
    if (process.env.LOG_LEVEL === 'debug')
      console.error(`The command line runs from its sources, slowly: ${error.message}`);
    await import('tsx');
    return undefined;
  }
}
