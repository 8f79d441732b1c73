import { ExportError } from '../errors/export-error.ts';

/** Where amoCRM accounts live: the Russian product, the global one and the global one's former name. */
const ACCOUNT_HOST = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.(?:amocrm\.ru|kommo\.com|amocrm\.com)$/;

/** Names under those domains that are not accounts, and so must never be sent a token. */
const NOT_ACCOUNTS = new Set(['www', 'api', 'forum', 'storybook']);

/**
 * The account's base address. The host comes from outside (a command line, a redirect), and a token is sent there:
 * only amoCRM's own domains pass, over https; a sandbox passes over http when it is listed in INSECURE_HOSTS.
 *
 * @param host as a person gives it: `example.amocrm.ru`, also with `https://` in front or a `/` behind.
 * @throws {ExportError} `amocrm_host_forbidden`
 */
export function accountAddress(host: string, insecureHosts: readonly string[]): { host: string; url: string } {
  const bare = host
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
  if (insecureHosts.includes(bare)) return { host: bare, url: `http://${bare}` };
  const [subdomain = ''] = bare.split('.');
  if (!ACCOUNT_HOST.test(bare) || NOT_ACCOUNTS.has(subdomain)) {
    throw new ExportError('amocrm_host_forbidden', { values: { host: bare.slice(0, 80) }, field: 'host' });
  }
  return { host: bare, url: `https://${bare}` };
}
