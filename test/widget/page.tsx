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
    /** The block of that heading, once it is there. */
    block: async (title: string) => within(await seen.findByRole('region', { name: title })),
    press: async (name: string | RegExp) => {
      fireEvent.click(await seen.findByRole('button', { name }));
    },
    fill: async (label: string | RegExp, value: string) => {
      fireEvent.input(await seen.findByLabelText(label), { target: { value } });
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

/** A promise that the test settles. */
export function withResolver<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
