import path from 'node:path';
import { parseArgs } from 'node:util';

export interface WidgetOptions {
  /** Address of the back end, without a slash at the end: the widget sends its requests there. */
  backend: string;
  /** Where the personal data policy can be read; the settings window links to it. */
  policyUrl: string | null;
  supportLink: string;
  supportEmail: string | null;
  /** Where the archive is written. */
  out: string;
}

/** Where the archive for a back end on this very machine sends its requests. */
const LOCAL_BACKEND = 'http://127.0.0.1:3000';

/** Beside what the other builds make. */
const OUT = path.join(import.meta.dirname, '..', '..', 'dist', 'widget.zip');

/**
 * The options of `npm run build:widget`.
 * @throws Error naming the option that cannot be used.
 */
export function widgetOptions(args: string[], environment: { PUBLIC_URL?: string | undefined }): WidgetOptions {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string' },
      policy: { type: 'string' },
      'support-link': { type: 'string' },
      'support-email': { type: 'string' },
      out: { type: 'string' },
    },
  });
  const backend = backendAddress(values.backend ?? environment.PUBLIC_URL ?? LOCAL_BACKEND);
  return {
    backend,
    policyUrl: values.policy === undefined ? null : webAddress('--policy', values.policy).href,
    supportLink:
      values['support-link'] === undefined ? backend : webAddress('--support-link', values['support-link']).href,
    supportEmail: values['support-email'] ?? null,
    out: values.out ?? OUT,
  };
}

function backendAddress(text: string): string {
  const url = webAddress('--backend', text);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new Error(`--backend: ${url.origin} may have a path, but no query, fragment or password`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function webAddress(option: string, text: string): URL {
  if (!URL.canParse(text)) throw new Error(`${option}: expected an address such as https://export.example.com`);
  const url = new URL(text);
  const isLocal = url.hostname === '127.0.0.1' || url.hostname === 'localhost';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) return url;
  throw new Error(`${option}: ${url.protocol}//${url.host} must be https; http is only for this very machine`);
}
