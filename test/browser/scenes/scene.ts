import type { Status } from '../../../widget/page/api/types.ts';
import { type Dictionary, DICTIONARIES, type Locale } from '../../../widget/page/text/dictionary.ts';
import type { StageOptions } from '../../support/stage.ts';
import type { Administrator, Person } from '../administrator.ts';
import type { Product } from '../product.ts';

/** A state of the page, and how to come to it. */
export interface Scene {
  name: string;
  /** Brings the product there, once for all who look. */
  prepare?: (product: Product) => Promise<void>;
  person?: (product: Product) => Person;
  open: (look: Look) => Promise<void>;
  after?: (product: Product) => Promise<void>;
  /** The part that the guides show, where they show it. */
  guide?: string;
}

export interface Look {
  visitor: Administrator;
  product: Product;
  /** What the page says in the language of this look. */
  text: Dictionary;
  shell: (typeof SHELL)[Locale];
}

const SHELL = {
  ru: { widget: 'Экспорт в SpeechSense', install: 'Установить' },
  en: { widget: 'Export to SpeechSense', install: 'Install' },
};

/** Slow enough to be looked at, and with some of everything. */
export const SCENES_STAGE: StageOptions = {
  sandbox: { calls: 120, talkScale: 0.3, seed: 4 },
  pace: { batchSize: 40, lanes: 4, openBatches: 2 },
};

export const API = '**/api/**';

/** Shows a scene that is prepared, to somebody with a browser of their own. */
export async function lookAt(scene: Scene, product: Product, locale: Locale): Promise<Administrator> {
  const visitor = await product.visitor({ locale, ...scene.person?.(product) });
  await scene.open({ visitor, product, text: DICTIONARIES[locale], shell: SHELL[locale] });
  return visitor;
}

/** The page with all that it loads at first. */
export async function openForm({ visitor, text }: Look, { folded = false } = {}): Promise<void> {
  await visitor.openSettings({ folded });
  await visitor.page.locator('.sse-list').waitFor({ state: 'attached' });
  await visitor.page.locator('.sse-history').waitFor({ state: 'attached' });
  await visitor.page.locator('.sse-loading').first().waitFor({ state: 'detached' });
  // The titles of mapped fields come last.
  await visitor.page.getByPlaceholder(text.common.loading).first().waitFor({ state: 'detached' });
}

/** The page over a status that is changed on its way: for what passes too quickly or seldom happens. */
export async function openAltered(look: Look, alter: (status: Status) => Partial<Status>): Promise<void> {
  await look.visitor.page.route('**/api/status', async (route) => {
    const response = await route.fetch();
    const status = (await response.json()) as Status;
    await route.fulfill({ response, json: { ...status, ...alter(status) } });
  });
  await openForm(look, { folded: true });
}
