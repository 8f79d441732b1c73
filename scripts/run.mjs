// Runs an entry of this project in a clone: `node scripts/run.mjs <entry> [args…]`.
// Plain JavaScript with Node built-ins only, because it must work before anything is installed: it installs the
// dependencies when they are absent or not those of the lockfile, then becomes the entry. The entry runs in this very
// process, so that signals, the exit code and a SIGKILL concern the program itself and no one in between. For the same
// reason package.json says `exec node`: npm signals only the shell that it starts, which would die and leave us running.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const installed = path.join(root, 'node_modules');
const installs = path.join(root, '.cache', 'install');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: this project needs Node 20.19 or newer (https://nodejs.org).`,
  );
  process.exit(2);
}
const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  console.error('Usage: node scripts/run.mjs <entry> [arguments]');
  process.exit(2);
}

if (!isInstalled()) install();

const file = path.resolve(root, entry);
process.argv = [process.execPath, file, ...args];
// The command line decides by itself what it needs.
if (path.dirname(file) !== path.join(root, 'bin')) await import('tsx');
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

/**
 * `npm ci` begins by deleting node_modules. It therefore runs in a folder of its own, and its result replaces node_modules
 * only when it is whole: an interrupted install changes nothing, and two commands at once do not disturb each other.
 */
function install() {
  console.error('Installing the dependencies (npm ci), about a minute the first time…');
  removeLeftovers();
  const folder = path.join(installs, String(process.pid));
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    copyFileSync(path.join(root, name), path.join(folder, name));
  }
  // Standard output belongs to the program that follows (`--json`).
  const npm = spawnSync('npm', ['ci', '--include=dev'], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (npm.status === 0) replaceInstalled(folder);
  rmSync(folder, { recursive: true, force: true });
  if (npm.status !== 0) {
    const reason = npm.error ? `npm cannot be started (${npm.error.message})` : 'see its message above';
    console.error(`npm ci failed: ${reason}. Check the network and the npm registry, then run this again.`);
    process.exit(1);
  }
}

function replaceInstalled(folder) {
  // Another command may have finished the same install meanwhile, and already run from it.
  if (isInstalled()) return;
  try {
    renameSync(installed, path.join(folder, 'replaced'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    renameSync(path.join(folder, 'node_modules'), installed);
  } catch (error) {
    if (!isInstalled()) throw error;
  }
}

/** What installs left behind that were killed: their folders are named after their processes. */
function removeLeftovers() {
  mkdirSync(installs, { recursive: true });
  for (const name of readdirSync(installs)) {
    if (!isRunning(Number(name))) rmSync(path.join(installs, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
