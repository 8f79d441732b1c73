import { createContext } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { Api } from './api/client.ts';
import type { Dictionary, Locale } from './text/dictionary.ts';
import type { Formats } from './text/formats.ts';
import type { TickTask, Ticker } from './ticker.ts';

/** What every part of the page needs. */
export interface PageServices {
  api: Api;
  locale: Locale;
  text: Dictionary;
  formats: Formats;
  ticker: Ticker;
  now: () => Date;
}

export const PageContext = createContext<PageServices | null>(null);

export function usePage(): PageServices {
  const services = useContext(PageContext);
  if (!services) throw new Error('outside of the page');
  return services;
}

/** Runs the newest `task` at every tick, for as long as `isActive`. */
export function useTick(isActive: boolean, task: TickTask): void {
  const { ticker } = usePage();
  const newest = useRef(task);
  newest.current = task;
  useEffect(() => (isActive ? ticker.watch(() => newest.current()) : undefined), [ticker, isActive]);
}
