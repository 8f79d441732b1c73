import type { Preview } from '../../../widget/page/api/types.ts';
import type { Stage } from '../../support/stage.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fill } from '../../../widget/page/text/dictionary.ts';
import { RARE_SCENES } from './rare-scenes.ts';
import { API, type Look, openForm, type Scene } from './scene.ts';

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
const expired = (stage: Stage) =>
  stage.sandbox.world.calls
    .filter(({ hasLink }) => hasLink)
    .slice(0, 3)
    .map(({ worldId }) => ({ worldId, action: { kind: 'lie', lie: 'expired' } }));
const block = (at: number) => `.sse-block >> nth=${at}`;

/** Presses, and waits until the preview is there. */
async function calculated(look: Look): Promise<void> {
  const { visitor, text } = look;
  await openForm(look);
  await visitor.button(text.actions.preview).click();
  await visitor.later('the preview', () => figuresOfPreview(look).isVisible());
}
const figuresOfPreview = ({ visitor, text }: Look) => visitor.block(text.preview.title).locator('.sse-figures');

/** The outcome of a check of what was typed. */
async function checked(look: Look, typed: { id?: string; key?: string }): Promise<void> {
  const { visitor, text } = look;
  await openForm(look);
  if (typed.id !== undefined) await visitor.field(text.connection.connectionId).fill(typed.id);
  if (typed.key !== undefined) await visitor.field(text.connection.apiKey).fill(typed.key);
  await visitor.button(text.connection.check).click();
  await visitor.block(text.connection.title).locator('.sse-notice').waitFor();
}

async function withCallsShown(look: Look): Promise<void> {
  await openForm(look);
  await look.visitor.button(look.text.history.showCalls).first().click();
  await look.visitor.page.locator('.sse-history tbody tr').first().waitFor();
}

const folded = (look: Look) => openForm(look, { folded: true });

/** In the order of a first day with the widget. */
export const SCENES: readonly Scene[] = [
  {
    name: 'install',
    prepare: ({ stage }) => stage.ledger.accounts.remove(stage.accountId).then(() => undefined),
    open: async ({ visitor, shell }) => {
      await visitor.page.goto(visitor.amocrm);
      await visitor.page.getByRole('button', { name: shell.widget }).click();
      await visitor.page.locator('.sse-consent').waitFor();
    },
    guide: '.modal',
  },
  {
    name: 'install-refused',
    open: async ({ visitor, shell }) => {
      await visitor.page.goto(visitor.amocrm);
      await visitor.page.getByRole('button', { name: shell.widget }).click();
      await visitor.page.locator('.sse-consent').waitFor();
      await visitor.button(shell.install).click();
      await visitor.page.locator('.field_refused').waitFor();
    },
  },
  {
    name: 'not-connected',
    // The widget is on, but the hook was lost.
    prepare: async (product) => {
      await product.stopBackend();
      await product.install();
      await product.startBackend();
    },
    open: ({ visitor }) => visitor.openSettings(),
  },
  {
    name: 'connecting',
    open: async ({ visitor, text }) => {
      await visitor.openSettings();
      await visitor.button(text.account.connect).click();
      await visitor.button(text.account.done).waitFor();
    },
  },
  {
    name: 'empty',
    prepare: async (product) => {
      await product.stage.control('amocrm', 'POST', '/integration/install');
      await waitFor(() => product.stage.ledger.accounts.find(product.stage.accountId), { what: 'the account' });
    },
    open: openForm,
  },
  {
    name: 'first-fill',
    open: async (look) => {
      const { visitor, text } = look;
      await openForm(look);
      await visitor.field(text.connection.connectionId).fill('eavsandboxconnection');
      await visitor.field(text.filters.minSeconds).fill('30');
      await visitor.page.getByLabel(/^Отдел продаж/).check();
      await visitor.button(fill(text.mapping.addTo, { block: text.mapping.blocks.deal })).click();
      await visitor.field(fill(text.mapping.keyAt, { block: text.mapping.blocks.deal, n: 1 })).fill('ключ');
      await visitor.button(text.actions.start).click();
      await visitor.page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'problems',
    open: async (look) => {
      const { visitor, text } = look;
      await openForm(look);
      await visitor.field(text.filters.minSeconds).fill('90');
      await visitor.field(text.filters.maxSeconds).fill('30');
      await visitor.button(text.actions.save).click();
      await visitor.page.locator('.sse-problem').first().waitFor();
    },
  },
  {
    name: 'not-set',
    open: async (look) => {
      const { visitor, text } = look;
      await openForm(look);
      await visitor.button(text.actions.start).click();
      await visitor.block(text.actions.title).locator('.sse-notice').waitFor();
    },
  },
  {
    name: 'loading',
    open: async ({ visitor }) => {
      await visitor.page.route(API, () => undefined);
      await visitor.page.goto(`${visitor.amocrm}/settings/advanced/`);
      await visitor.page.locator('.sse-loading').waitFor();
    },
  },
  {
    name: 'loading-parts',
    open: async ({ visitor }) => {
      for (const part of ['users', 'fields', 'exports']) await visitor.page.route(`**/api/${part}*`, () => undefined);
      await visitor.openSettings();
      await visitor.page.locator('.sse-loading').nth(1).waitFor();
    },
  },
  {
    name: 'failed-parts',
    open: async (look) => {
      const { visitor, text } = look;
      for (const part of ['users', 'fields', 'exports']) {
        await visitor.page.route(`**/api/${part}*`, (route) => route.abort());
      }
      await visitor.openSettings();
      await visitor.block(text.history.title).locator('.sse-notice').waitFor();
    },
  },
  {
    name: 'backend-down',
    open: async ({ visitor }) => {
      await visitor.page.route(API, (route) => route.abort());
      await visitor.openSettings();
    },
  },
  {
    name: 'not-an-administrator',
    person: ({ stage }) => ({ userId: stage.sandbox.world.operators[1]?.id ?? 0 }),
    open: ({ visitor }) => visitor.openSettings(),
  },
  {
    name: 'connection',
    prepare: async ({ stage }) => {
      const { connectionId, apiKey } = stage.sandbox;
      await stage.ledger.connections.put({ accountId: stage.accountId, connectionId, language: 'ru-RU', apiKey });
      await stage.ledger.settings.put(stage.accountId, settings(stage));
    },
    open: async (look) => {
      const { visitor, text } = look;
      await checked(look, {});
      await visitor.page.getByText(text.connection.help).click();
      await visitor.button(text.connection.showKeys).click();
      await visitor.page.locator('.sse-keys').waitFor();
    },
    guide: block(1),
  },
  { name: 'check-wrong-key', open: (look) => checked(look, { key: 'AQVNwrong' }) },
  { name: 'check-wrong-id', open: (look) => checked(look, { id: 'eavunknown' }) },
  {
    name: 'check-no-role',
    prepare: ({ stage }) => stage.control('speechsense', 'PUT', '/behaviour', { access: 'no-role' }),
    open: (look) => checked(look, {}),
    after: ({ stage }) => stage.control('speechsense', 'PUT', '/behaviour', { access: 'granted' }),
  },
  {
    name: 'mapping',
    open: async (look) => {
      const { visitor, text } = look;
      const { blocks, addTo, fieldAt } = text.mapping;
      await openForm(look);
      await visitor.button(fill(addTo, { block: blocks.deal })).click();
      await visitor.page.getByRole('combobox', { name: fill(fieldAt, { block: blocks.deal, n: 3 }) }).click();
      await visitor.page.locator('.sse-combobox__choice').first().waitFor();
    },
    guide: block(3),
  },
  {
    name: 'saved',
    open: async (look) => {
      const { visitor, text } = look;
      await openForm(look);
      await visitor.button(text.actions.save).click();
      await visitor.sees(text.actions.saved);
    },
  },
  {
    name: 'stale',
    open: async (look) => {
      const { visitor, text, product } = look;
      await openForm(look);
      await product.stage.ledger.settings.put(product.stage.accountId, settings(product.stage));
      await visitor.field(text.filters.maxSeconds).fill('3600');
      await visitor.button(text.actions.save).click();
      await visitor.sees(text.actions.stale);
    },
  },
  { name: 'preview', open: calculated, guide: block(4) },
  {
    name: 'preview-counting',
    open: async (look) => {
      const { visitor, text } = look;
      await visitor.page.route('**/api/previews/*', () => undefined);
      await openForm(look);
      await visitor.button(text.actions.preview).click();
      await visitor.sees(text.preview.planning);
    },
  },
  {
    name: 'preview-priced',
    open: async (look) => {
      const { visitor, text } = look;
      await visitor.page.route('**/api/previews/*', async (route) => {
        const response = await route.fetch();
        const preview = (await response.json()) as Preview;
        const estimate = preview.estimate && { ...preview.estimate, roubles: 12_345 };
        await route.fulfill({ response, json: { ...preview, estimate } });
      });
      await calculated(look);
      await visitor.field(text.filters.minSeconds).fill('20');
      await visitor.sees(text.preview.outdated);
    },
  },
  {
    name: 'start-unanswered',
    open: async (look) => {
      const { visitor, text } = look;
      await openForm(look);
      await visitor.page.route('**/api/exports', (route) => route.abort());
      await visitor.button(text.actions.start).click();
      await visitor.block(text.actions.title).locator('.sse-notice').waitFor();
    },
  },
  {
    name: 'running',
    prepare: async ({ stage }) => {
      await telephony(stage, ...expired(stage), { after: 40, action: { kind: 'slow', bytesPerSecond: 500 } });
      await stage.exports.start(stage.accountId, settings(stage));
      await waitFor(async () => (await stage.exports.status(stage.accountId)).calls.exported >= 35, { what: 'some calls' }); // prettier-ignore
    },
    open: async (look) => {
      await folded(look);
      await look.visitor.block(look.text.progress.title).locator('tbody tr').first().waitFor();
    },
    guide: block(0),
  },
  {
    name: 'network-lost',
    open: async (look) => {
      const { visitor, text } = look;
      await openForm(look);
      await visitor.page.route(API, (route) => route.abort());
      await visitor.later('the page to notice', () => visitor.page.getByText(text.progress.updates).isVisible());
    },
  },
  {
    name: 'stop-question',
    open: async (look) => {
      await folded(look);
      await look.visitor.button(look.text.actions.stop).click();
      await look.visitor.page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'stopped',
    prepare: async ({ stage }) => {
      await stage.exports.stop(stage.accountId);
      await isIn(stage, 'stopped');
    },
    open: folded,
  },
  {
    name: 'blocked',
    prepare: async ({ stage }) => {
      await telephony(stage, { action: { kind: 'slow', bytesPerSecond: 2_000 } });
      await stage.control('speechsense', 'PUT', '/api-key', { apiKey: 'another' });
      await stage.exports.start(stage.accountId, settings(stage));
      await isIn(stage, 'blocked');
    },
    open: folded,
    after: async ({ stage }) => {
      await stage.control('speechsense', 'PUT', '/api-key', { apiKey: stage.sandbox.apiKey });
      await telephony(stage, ...expired(stage));
      await stage.exports.resume(stage.accountId);
      await isIn(stage, 'completed');
    },
  },
  { name: 'completed', open: folded },
  {
    name: 'history',
    open: async (look) => {
      await folded(look);
      await look.visitor.button(look.text.history.retryFailed).first().click();
    },
    guide: block(4),
  },
  { name: 'calls', open: withCallsShown },
  {
    name: 'calls-filtered',
    open: async (look) => {
      const { visitor, text } = look;
      await withCallsShown(look);
      await visitor.field(text.calls.state).selectOption('failed');
      await visitor.field(text.calls.reason).selectOption('recording_expired');
      await waitFor(async () => (await visitor.page.locator('.sse-history tbody tr').count()) === 3, {
        what: 'the three calls',
      });
    },
  },
  {
    name: 'calls-none',
    open: async (look) => {
      const { visitor, text } = look;
      await withCallsShown(look);
      await visitor.field(text.calls.state).selectOption('unconfirmed');
      await visitor.sees(text.calls.empty);
    },
  },
  ...RARE_SCENES,
];
