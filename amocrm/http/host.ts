import { ExportError } from '../../errors/export-error.ts';

/** Where amoCRM lives: the Russian product, the global one and the global one's former name. */
const AMOCRM_HOST = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.(?:amocrm\.ru|kommo\.com|amocrm\.com)$/;

/** Names under those domains that are services, some of them run by others, and so must never be sent a token. */
const NOT_ACCOUNTS = new Set([
  ...[
    'www',
    'api',
    'api-a',
    'api-b',
    'oauth',
    'auth',
    'login',
    'amojo',
    'drive',
    'drive-a',
    'drive-b',
    'cdn',
    'static',
  ],
  ...['blog', 'status', 'support', 'help', 'docs', 'developers', 'forum', 'community', 'academy', 'partners', 'mail'],
  ...['storybook', 'marketplace'],
]);

export interface Address {
  host: string;
  url: string;
}

/**
 * The account's base address. The host comes from outside (a command line, a redirect), and a token is sent there:
 * only amoCRM's own domains pass, over https; a sandbox passes over http when it is listed in INSECURE_HOSTS.
 *
 * @param host as a person gives it: `example.amocrm.ru`, also with `https://` in front or a `/` behind.
 * @throws {ExportError} `amocrm_host_forbidden`
 */
export function accountAddress(host: string, insecureHosts: readonly string[]): Address {
  const bare = bareHost(host);
  if (insecureHosts.includes(bare)) return { host: bare, url: `http://${bare}` };
  const [subdomain = ''] = bare.split('.');
  if (!AMOCRM_HOST.test(bare) || NOT_ACCOUNTS.has(subdomain)) throw forbidden(bare);
  return { host: bare, url: `https://${bare}` };
}

/**
 * The address of one of amoCRM's own services, such as the `api_domain` that an access token names. As an account's,
 * but the names that are no accounts pass.
 *
 * @throws {ExportError} `amocrm_host_forbidden`
 */
export function serviceAddress(host: string, insecureHosts: readonly string[]): Address {
  const bare = bareHost(host);
  if (insecureHosts.includes(bare)) return { host: bare, url: `http://${bare}` };
  if (!AMOCRM_HOST.test(bare)) throw forbidden(bare);
  return { host: bare, url: `https://${bare}` };
}

/** What the accounts of this host's product share, whatever they are called: their consent page. A sandbox is its own. */
export function productAddress(host: string, insecureHosts: readonly string[]): Address {
  const account = accountAddress(host, insecureHosts);
  if (insecureHosts.includes(account.host)) return account;
  return serviceAddress(account.host.endsWith('.amocrm.ru') ? 'www.amocrm.ru' : 'www.kommo.com', []);
}

/** A host as one spelling of it, however it was given. */
export function bareHost(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
}

function forbidden(host: string): ExportError {
  return new ExportError('amocrm_host_forbidden', { values: { host: host.slice(0, 80) }, field: 'host' });
}
