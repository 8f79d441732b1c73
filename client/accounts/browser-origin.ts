import { accountAddress, bareHost } from '../../amocrm/http/host.ts';
import { findExportError } from '../../errors/export-error.ts';

export { bareHost };

/** The account's host that a browser's `Origin` names; undefined for one that is no address of an amoCRM account. */
export function accountHostOf(origin: string, insecureHosts: readonly string[]): string | undefined {
  try {
    const { host, url } = accountAddress(origin, insecureHosts);
    return origin === url ? host : undefined;
  } catch (error) {
    if (!findExportError(error)) throw error;
    return undefined;
  }
}
