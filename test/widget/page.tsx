import './browser.ts';
import { afterEach } from '@jest/globals';
import { configure, fireEvent, waitFor, within } from '@testing-library/dom';
import { render } from 'preact';
import { createApi } from '../../widget/page/api/client.ts';
import { PageContext } from '../../widget/page/page-context.ts';
import { Page } from '../../widget/page/Page.tsx';
import { DICTIONARIES, type Locale } from '../../widget/page/text/dictionary.ts';
import { createFormats } from '../../widget/page/text/formats.ts';
import type { BackEnd } from './back-end.ts';
import { createManualTicker } from './manual-ticker.ts';

// Generous, because it is only spent by a test that fails.
configure({ asyncUtilTimeout: 30_000 });

const opened = new Set<() => void>();

afterEach(() => {
  for (const close of opened) close();
  opened.clear();
});

/** The settings page over a back end, as somebody sees and uses it. */
export function openPage(backEnd: BackEnd, { locale = 'ru' }: { locale?: Locale } = {}) {
  const root = document.createElement('div');
  document.body.replaceChildren(root);
  const time = createManualTicker();
  const text = DICTIONARIES[locale];
  const services = {
    api: createApi('https://export.example', backEnd.send),
    locale,
    text,
    formats: createFormats(locale, text, undefined),
    ticker: time.ticker,
    now: () => new Date('2026-11-22T21:30:00Z'),
  };
  render(
    <PageContext.Provider value={services}>
      <Page />
    </PageContext.Provider>,
    root,
  );

  opened.add(() => {
    time.ticker.stop();
    render(null, root);
  });
  const seen = within(root);
  return {
    root,
    time,
    seen,
    /** The block of that heading, once it is there; a folded one is opened. */
    block: async (title: string) => {
      const region = await seen.findByRole('region', { name: title });
      await unfold(region);
      return within(region);
    },
    press: async (name: string | RegExp) => {
      const button = await seen.findByRole('button', { name, hidden: true });
      await unfold(button);
      fireEvent.click(button);
    },
    fill: async (label: string | RegExp, value: string) => {
      const field = await seen.findByLabelText(label);
      await unfold(field);
      fireEvent.input(field, { target: { value } });
    },
    /** Opens every part of the settings. */
    unfoldAll: async () => {
      await seen.findByRole('region', { name: text.filters.title });
      for (const section of root.querySelectorAll('.sse-block_folded')) await unfold(section);
    },
    says: async (words: string | RegExp) => {
      await waitFor(() => {
        const said = root.textContent;
        const isSaid = typeof words === 'string' ? said.includes(words) : words.test(said);
        if (!isSaid) throw new Error(`the page does not say ${String(words)}: ${said}`);
      });
    },
  };
}

/** Opens the folded part of the settings that the element is in, as somebody does who wants to get at it. */
async function unfold(element: Element): Promise<void> {
  // The button that opens and folds it is always there.
  if (element.matches('[aria-expanded]')) return;
  const section = element.closest('.sse-block_folded');
  const toggle = section?.querySelector('button[aria-expanded="false"]');
  if (!section || !toggle) return;
  fireEvent.click(toggle);
  await waitFor(() => {
    if (section.classList.contains('sse-block_folded')) throw new Error('the section stays folded');
  });
}

/** A promise that the test settles. */
export function withResolver<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
