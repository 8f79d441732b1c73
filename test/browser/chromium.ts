import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const UNPACK = fileURLToPath(new URL('unpack-chromium.mjs', import.meta.url));

/** The Chromium that comes as a package: nothing need be installed. Without its sandbox, because CI runs as root. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await unpacked(),
    args: ['--no-sandbox', '--headless=shell', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

/**
 * The package unpacks itself into the temporary folder, which other users share, and takes a half unpacked one for whole.
 * Each user has a folder here, which appears when it is complete.
 */
async function unpacked(): Promise<string> {
  const folder = path.join(tmpdir(), `speechsense-export-chromium-${userInfo().uid}`);
  if (!existsSync(folder)) {
    const fresh = await mkdtemp(`${folder}-`);
    await promisify(execFile)(process.execPath, [UNPACK], { env: { ...process.env, TMPDIR: fresh } });
    await rename(fresh, folder).catch(() => rm(fresh, { recursive: true }));
  }
  return path.join(folder, 'chromium');
}
