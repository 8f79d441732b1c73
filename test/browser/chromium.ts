import bundled from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** The Chromium that comes as a package: nothing need be installed. Without its sandbox, because CI runs as root. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await bundled.executablePath(),
    args: ['--no-sandbox', '--headless=shell', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}
