// Runs a TypeScript entry of this project in a clone: `node scripts/run.mjs <entry.ts> [args…]`.
// Plain JavaScript with Node built-ins only, because it must work before anything is installed: it installs the
// dependencies when they are absent or not those of the lockfile, then becomes the entry. The entry runs in this very
// process, so that signals, the exit code and a SIGKILL concern the program itself and no one in between. For the same
// reason package.json says `exec node`: npm signals only the shell that it starts, which would die and leave us running.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: this project needs Node 20.19 or newer (https://nodejs.org).`,
  );
  process.exit(2);
}
const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  console.error('Usage: node scripts/run.mjs <entry.ts> [arguments]');
  process.exit(2);
}

if (!isInstalled()) {
  console.error('Installing the dependencies (npm install), about a minute the first time…');
  // Not `npm ci`: it refuses a lockfile without the optional packages of other platforms, and npm leaves those out of
  // the lockfile when the registry at hand lacks them. With --no-save the versions are the lockfile's all the same, and
  // neither it nor package.json is written. Standard output belongs to the program that follows (`--json`).
  const install = spawnSync('npm', ['install', '--no-save', '--include=dev'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (install.status !== 0) {
    const reason = install.error ? `npm cannot be started (${install.error.message})` : 'see its message above';
    console.error(`npm install failed: ${reason}. Check the network and the npm registry, then run this again.`);
    process.exit(1);
  }
}

const file = path.resolve(root, entry);
process.argv = [process.execPath, file, ...args];
await import('tsx');
await import(pathToFileURL(file).href);

/**
 * Whether npm's own list of what it installed, written last, has what the lockfile asks for. The two files' times say
 * nothing: a copy or a checkout changes them. Optional packages of other platforms are not installed.
 */
function isInstalled() {
  try {
    const wanted = packagesOf('package-lock.json');
    const found = packagesOf('node_modules/.package-lock.json');
    return Object.entries(wanted).every(
      ([place, { version, optional }]) => place === '' || (found[place] ? found[place].version === version : optional),
    );
  } catch {
    return false;
  }
}

function packagesOf(lockfile) {
  return JSON.parse(readFileSync(path.join(root, lockfile), 'utf8')).packages;
}
