import { render } from 'preact';
import { createApi } from '../api/client.ts';
import { Page } from '../Page.tsx';
import { PageContext } from '../page-context.ts';
import { DICTIONARIES, type Locale } from '../text/dictionary.ts';
import { createFormats } from '../text/formats.ts';
import { createTicker, type Ticker } from '../ticker.ts';
import { addStylesheet, advancedSettingsPlace, rootIn } from './place.ts';
import type { WidgetInstance } from './widget-instance.ts';

export interface AdvancedSettings {
  open: () => void;
  close: () => void;
}

/** The settings page, drawn into amoCRM's page «Настройки выгрузки SpeechSense». */
export function createAdvancedSettings(widget: WidgetInstance, locale: Locale, backend: string): AdvancedSettings {
  let shown: { root: HTMLElement; ticker: Ticker } | null = null;

  function close(): void {
    if (!shown) return;
    shown.ticker.stop();
    render(null, shown.root);
    shown.root.remove();
    shown = null;
  }

  return {
    open: () => {
      close();
      const place = advancedSettingsPlace(widget);
      if (!place) return;
      addStylesheet(widget);
      const text = DICTIONARIES[locale];
      const ticker = createTicker({
        setTimeout: (run, delayMs) => window.setTimeout(run, delayMs),
        clearTimeout: (timer) => window.clearTimeout(Number(timer)),
      });
      const services = {
        api: createApi(backend, (settings) => widget.$authorizedAjax(settings)),
        locale,
        text,
        formats: createFormats(locale, text, undefined),
        ticker,
        now: () => new Date(),
      };
      shown = { root: rootIn(place), ticker };
      render(
        <PageContext.Provider value={services}>
          <Page />
        </PageContext.Provider>,
        shown.root,
      );
    },
    close,
  };
}
