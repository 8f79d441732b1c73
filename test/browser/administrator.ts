import type { Locator, Page, Request } from 'playwright-core';
import { waitFor } from '../support/wait-for.ts';

/** Longer than the page waits between two questions how an export stands. */
const NEXT_QUESTION_MS = 6_000;
const PAUSE_MS = 400;
/** Only a test that fails waits this long for what it does or sees. */
const PATIENCE_MS = 20_000;

/** Who is signed in, and in which language. */
export interface Person {
  userId?: number;
  locale?: 'ru' | 'en';
}

/** Somebody at the account's pages, and what they can see and do there. */
export class Administrator {
  readonly page: Page;
  readonly amocrm: string;
  /** What the page could not cope with; empty when all is well. */
  readonly pageErrors: string[] = [];
  readonly #unanswered = new Set<Request>();

  constructor(page: Page, amocrm: string) {
    this.page = page;
    this.amocrm = amocrm;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.pageErrors.push(String(error)));
    page.on('request', (request) => this.#unanswered.add(request));
    page.on('requestfinished', (request) => this.#unanswered.delete(request));
    page.on('requestfailed', (request) => this.#unanswered.delete(request));
    page.on('dialog', (dialog) => {
      this.pageErrors.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** As amoCRM marks its page; in place, so that what the page shows stays. */
  async turn(theme: 'light' | 'dark'): Promise<void> {
    await this.page.evaluate(`document.documentElement.dataset.colorScheme = '${theme}'`);
  }

  async openIntegration(): Promise<void> {
    await this.page.goto(this.amocrm);
    await this.page.getByRole('button', { name: 'Экспорт в SpeechSense' }).click();
  }

  /** With every part of the settings open, unless they are to stay as the page shows them. */
  async openSettings({ folded = false } = {}): Promise<void> {
    await this.page.goto(`${this.amocrm}/settings/advanced/`);
    // The form, or what is said instead of it.
    await this.page.locator('.sse-action-bar, .sse-block, .sse-notice').first().waitFor();
    if (!folded) await this.unfoldSettings();
  }

  /** Opens the parts of the settings that the page shows as a line each. */
  async unfoldSettings(): Promise<void> {
    // What comes instead of the form has neither.
    await this.page.locator('.sse-action-bar, .sse-page > .sse-block, .sse-page > .sse-notice').first().waitFor();
    const folded = this.page.locator('.sse-block_folded .sse-button_link');
    while ((await folded.count()) > 0) await folded.first().click();
  }

  /** A card of the page by its heading. */
  block(title: string): Locator {
    return this.page.getByRole('region', { name: title });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** The page's clock goes on to its next question, again and again, until the condition holds. */
  async later<T>(what: string, condition: () => T | Promise<T>) {
    return waitFor(
      async () => {
        const met = await condition();
        if (met) return met;
        // Its time limit is on the same clock: on a busy machine it would be over before the answer can come.
        if (this.#unanswered.size === 0) await this.page.clock.fastForward(NEXT_QUESTION_MS);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        return undefined;
      },
      { what, timeoutMs: 60_000 },
    );
  }

  /** Percent done, as the progress bar says it; 0 before it says anything. */
  async percentDone(): Promise<number> {
    return Number((await this.page.getByRole('progressbar').getAttribute('aria-valuenow')) ?? 0);
  }

  async close(): Promise<void> {
    // A request that is being altered on its way may end with its page.
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.page.context().close();
  }
}
