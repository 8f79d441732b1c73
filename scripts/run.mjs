// Runs a TypeScript entry of this project in a clone: `node scripts/run.mjs <entry.ts> [args…]`.
// Plain JavaScript with Node built-ins only, because it must work before anything is installed: it installs the
// dependencies when they are absent or older than the lockfile, then runs the entry through tsx and passes its exit code on.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: this project needs Node 20.19 or newer (https://nodejs.org).`);
  process.exit(2);
}

const lockfile = path.join(root, 'package-lock.json');
const installed = path.join(root, 'node_modules', '.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) {
  console.error('Installing the dependencies (npm ci), about a minute the first time…');
  // Standard output belongs to the program that follows (`--json`), so npm's goes to standard error.
  const install = spawnSync('npm', ['ci', '--include=dev'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (install.status !== 0) {
    console.error('npm ci failed: see its message above. Check the network and the npm registry, then run this again.');
    process.exit(1);
  }
}

const [entry, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, entry), ...args], {
  stdio: 'inherit',
});
// A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.stdin.isTTY && signal === 'SIGINT' ? undefined : child.kill(signal));
}
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
