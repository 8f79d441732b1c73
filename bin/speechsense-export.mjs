#!/usr/bin/env node
// The command line: in a clone straight from the sources, which are the truth there however old a build lies beside
// them; in an image, which has no tsx, from the build.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = new URL('../client/cli/main.ts', import.meta.url);
const build = new URL('../dist/client/cli/main.js', import.meta.url);

if (existsSync(source) && canRunSources()) {
  await import('tsx');
  await import(source.href);
} else {
  await import(build.href);
}

function canRunSources() {
  try {
    createRequire(import.meta.url).resolve('tsx');
    return true;
  } catch {
    return false;
  }
}
