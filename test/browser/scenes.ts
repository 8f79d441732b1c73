import type { Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Administrator, LookAndPerson } from './administrator.ts';
import type { Product } from './product.ts';

type Locale = 'ru' | 'en';

/** A state of the page, and how to come to it. */
interface Scene {
  name: string;
  /** Brings the product there, once for all pictures. */
  prepare?: (product: Product) => Promise<void>;
  person?: (product: Product) => LookAndPerson;
  open: (visitor: Administrator, locale: Locale) => Promise<void>;
  after?: (product: Product) => Promise<void>;
  /** The part that the guides show, where they show it. */
  guide?: string;
}

const API = '**/api/**';
const WORDS = {
  ru: {
    widget: 'Экспорт в SpeechSense',
    check: 'Проверить подключение',
    help: 'Как подготовить SpeechSense',
    keys: 'Составить список ключей',
    calculate: 'Рассчитать',
    stop: 'Остановить выгрузку',
    calls: 'Показать звонки',
    retry: 'Повторить неудачные',
    addDeal: 'Добавить поле: Сделка',
    dealField: 'Сделка, строка 3: поле amoCRM',
  },
  en: {
    widget: 'Export to SpeechSense',
    check: 'Check the connection',
    help: 'How to prepare SpeechSense',
    keys: 'Make the list of keys',
    calculate: 'Calculate',
    stop: 'Stop the export',
    calls: 'Show calls',
    retry: 'Retry the failed ones',
    addDeal: 'Add a field: Deal',
    dealField: 'Deal, line 3: amoCRM field',
  },
} satisfies Record<Locale, Record<string, string>>;

const MAPPING = {
  deal: [
    { amocrm: 'name', speechsense: 'deal_name' },
    { amocrm: 'status', speechsense: 'deal_status' },
  ],
  contact: [{ amocrm: 'name', speechsense: 'contact_name' }],
  company: [],
  call: [{ amocrm: 'duration', speechsense: 'call_duration' }],
};

const settings = (stage: Stage) => stage.settings({ mapping: MAPPING, talkSeconds: { min: 10, max: 0 } });
const telephony = (stage: Stage, ...faults: object[]) => stage.control('telephony', 'PUT', '/faults', faults);
const state = async ({ exports, accountId }: Stage) => (await exports.status(accountId)).state;
const isIn = (stage: Stage, wanted: string) =>
  waitFor(async () => (await state(stage)) === wanted, { what: `the export to be ${wanted}` });
const block = (at: number) => `.sse-block >> nth=${at}`;

/** In the order of a first day with the widget. */
export const SCENES: readonly Scene[] = [
  {
    name: 'install',
    prepare: ({ stage }) => stage.ledger.accounts.remove(stage.accountId).then(() => undefined),
    open: async (visitor, locale) => {
      await visitor.page.goto(visitor.amocrm);
      await visitor.page.getByRole('button', { name: WORDS[locale].widget }).click();
      await visitor.page.locator('.sse-consent').waitFor();
    },
    guide: '.modal',
  },
  {
    name: 'not-connected',
    // The widget is on, but the hook was lost.
    prepare: async (product) => {
      await product.stopBackend();
      await product.install();
      await product.startBackend();
    },
    open: (visitor) => visitor.openSettings(),
  },
  {
    name: 'empty',
    prepare: async (product) => {
      await product.stage.control('amocrm', 'POST', '/integration/install');
      await waitFor(() => product.stage.ledger.accounts.find(product.stage.accountId), { what: 'the account' });
    },
    open: filledForm,
  },
  {
    name: 'loading',
    open: async (visitor) => {
      await visitor.page.route(API, () => undefined);
      await visitor.page.goto(`${visitor.amocrm}/settings/advanced/`);
      await visitor.page.locator('.sse-loading').waitFor();
    },
  },
  {
    name: 'error',
    open: async (visitor) => {
      await visitor.page.route(API, (route) => route.abort());
      await visitor.openSettings();
    },
  },
  {
    name: 'not-an-administrator',
    person: ({ stage }) => ({ userId: stage.sandbox.world.operators[1]?.id ?? 0 }),
    open: (visitor) => visitor.openSettings(),
  },
  {
    name: 'connection',
    prepare: async ({ stage }) => {
      const { connectionId, apiKey } = stage.sandbox;
      await stage.ledger.connections.put({ accountId: stage.accountId, connectionId, language: 'ru-RU', apiKey });
      await stage.ledger.settings.put(stage.accountId, settings(stage));
    },
    open: async (visitor, locale) => {
      await filledForm(visitor);
      await visitor.button(WORDS[locale].check).click();
      await visitor.page.getByText(WORDS[locale].help).click();
      await visitor.button(WORDS[locale].keys).click();
      await visitor.page.locator('.sse-keys').waitFor();
      await visitor.page.locator('.sse-notice_success').waitFor();
    },
    guide: block(0),
  },
  {
    name: 'mapping',
    open: async (visitor, locale) => {
      await filledForm(visitor);
      await visitor.button(WORDS[locale].addDeal).click();
      await visitor.page.getByRole('combobox', { name: WORDS[locale].dealField }).click();
      await visitor.page.locator('.sse-combobox__choice').first().waitFor();
    },
    guide: block(2),
  },
  {
    name: 'preview',
    open: async (visitor, locale) => {
      await filledForm(visitor);
      await visitor.button(WORDS[locale].calculate).click();
      await visitor.later('the preview', () => visitor.page.locator('.sse-figures').first().isVisible());
    },
    guide: block(4),
  },
  {
    name: 'running',
    prepare: async ({ stage }) => {
      const expired = stage.sandbox.world.calls.filter(({ hasLink }) => hasLink).slice(0, 3);
      await telephony(stage, ...expired.map(({ worldId }) => ({ worldId, action: { kind: 'lie', lie: 'expired' } })), {
        after: 40,
        action: { kind: 'slow', bytesPerSecond: 500 },
      });
      await stage.exports.start(stage.accountId, settings(stage));
      await waitFor(async () => (await stage.exports.status(stage.accountId)).calls.exported >= 35, { what: 'some calls' }); // prettier-ignore
    },
    open: filledForm,
    guide: block(4),
  },
  {
    name: 'stop-question',
    open: async (visitor, locale) => {
      await filledForm(visitor);
      await visitor.button(WORDS[locale].stop).click();
    },
  },
  {
    name: 'stopped',
    prepare: async ({ stage }) => {
      await stage.exports.stop(stage.accountId);
      await isIn(stage, 'stopped');
    },
    open: filledForm,
  },
  {
    name: 'blocked',
    prepare: async ({ stage }) => {
      await telephony(stage, { action: { kind: 'slow', bytesPerSecond: 2_000 } });
      await stage.control('speechsense', 'PUT', '/api-key', { apiKey: 'another' });
      await stage.exports.start(stage.accountId, settings(stage));
      await isIn(stage, 'blocked');
    },
    open: filledForm,
    after: async ({ stage }) => {
      await stage.control('speechsense', 'PUT', '/api-key', { apiKey: stage.sandbox.apiKey });
      const expired = stage.sandbox.world.calls.filter(({ hasLink }) => hasLink).slice(0, 3);
      await telephony(stage, ...expired.map(({ worldId }) => ({ worldId, action: { kind: 'lie', lie: 'expired' } })));
      await stage.exports.resume(stage.accountId);
      await isIn(stage, 'completed');
    },
  },
  {
    name: 'history',
    open: async (visitor, locale) => {
      await filledForm(visitor);
      await visitor.button(WORDS[locale].retry).first().click();
    },
    guide: block(5),
  },
  {
    name: 'calls',
    open: async (visitor, locale) => {
      await filledForm(visitor);
      await visitor.button(WORDS[locale].calls).first().click();
      await visitor.page.locator('.sse-history tbody tr').first().waitFor();
    },
  },
];

/** The page with all that it loads at first. */
async function filledForm(visitor: Administrator): Promise<void> {
  await visitor.openSettings();
  await visitor.page.locator('.sse-list').waitFor();
  await visitor.page.locator('.sse-history').waitFor({ state: 'attached' });
  await visitor.page.locator('.sse-loading').first().waitFor({ state: 'detached' });
}
