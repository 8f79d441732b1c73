import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createBackendStage, startBackend, type TestBackend } from '../support/backend.ts';
import type { Stage, StageOptions } from '../support/stage.ts';
import { buildArchive } from '../widget/built-archive.ts';
import { Administrator, type Person } from './administrator.ts';
import { launchChromium } from './chromium.ts';

/** The whole product as a customer has it: a sandbox account whose pages load the very widget.zip, backend, worker. */
export interface Product {
  stage: Stage;
  /** Address of the account. */
  amocrm: string;
  backendUrl: string;
  startBackend(): Promise<void>;
  stopBackend(): Promise<void>;
  /** Somebody with a browser of their own; by default the account's first administrator. */
  visitor(person?: Person, options?: BrowserContextOptions): Promise<Administrator>;
  /** As an administrator leaves it after installing: connected, with the consent given. */
  install(): Promise<void>;
  close(): Promise<void>;
}

export async function createProduct(options: StageOptions = {}): Promise<Product> {
  const stage = await createBackendStage(options);
  const backendUrl = new URL(stage.sandbox.redirectUri).origin;
  let backend: TestBackend | undefined;
  const [archive, browser] = await Promise.all([
    buildArchive('--backend', backendUrl),
    launchChromium(),
    stage.startWorker(),
  ]);
  const { shell } = stage.sandbox.amocrm;
  shell.installation.upload(archive);
  const amocrm = stage.sandbox.addresses.amocrm;
  const product: Product = {
    stage,
    amocrm,
    backendUrl,
    startBackend: async () => {
      backend = await startBackend(stage);
    },
    stopBackend: async () => {
      await backend?.close();
      backend = undefined;
    },
    visitor: (person, given) => visitor(browser, amocrm, person, given),
    install: async () => {
      const consent = JSON.stringify({ accepted: true, at: new Date().toISOString(), version: 1 });
      await shell.installation.save({ consent }, new URL(amocrm).host);
    },
    close: async () => {
      await browser.close();
      await backend?.close();
      await stage.close();
    },
  };
  await product.startBackend();
  return product;
}

async function visitor(
  browser: Browser,
  amocrm: string,
  person: Person = {},
  options: BrowserContextOptions = {},
): Promise<Administrator> {
  const context = await browser.newContext({
    locale: person.locale === 'en' ? 'en-GB' : 'ru-RU',
    viewport: { width: 1280, height: 900 },
    // Where the sandbox's pages keep it.
    storageState: {
      cookies: [],
      origins: [{ origin: amocrm, localStorage: [{ name: 'sandbox-shell', value: JSON.stringify(person) }] }],
    },
    ...options,
  });
  const page = await context.newPage();
  // The page's own timers, so that a test can let its next question come at once.
  await page.clock.install();
  return new Administrator(page, amocrm);
}
