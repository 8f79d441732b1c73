import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { ExportError } from '../../errors/export-error.ts';
import type { LinkPolicy } from './link-policy.ts';

/** All addresses of a name. */
export type ResolveName = (hostname: string) => Promise<LookupAddress[]>;

export const resolveBySystem: ResolveName = (hostname) => systemLookup(hostname, { all: true });

export interface GuardedConnectOptions {
  policy: LinkPolicy;
  connectMs: number;
  resolve: ResolveName;
}

/**
 * A connector that resolves a name itself, throws away the addresses that are not allowed and connects to one of those
 * that are left: a name that answers differently the next time (DNS rebinding) is never asked a second time.
 */
export function guardedConnect({ policy, connectMs, resolve }: GuardedConnectOptions): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, done) => {
    resolve(hostname).then(
      (all) => {
        const [first, ...rest] = all.filter(({ address }) => policy.allows(hostname, address));
        if (!first) done(all.length > 0 ? new ForbiddenAddress() : notFound(), '');
        else if (options.all) done(null, [first, ...rest]);
        else done(null, first.address, first.family);
      },
      (error: unknown) => done(error instanceof Error ? error : notFound(), ''),
    );
  };
  const guarded = buildConnector({ timeout: connectMs, lookup });
  const open = buildConnector({ timeout: connectMs });
  return (options, done) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    if (policy.insecureHosts.has(`${options.hostname}:${port}`)) {
      open(options, done);
      return;
    }
    if (isIP(options.hostname) && !policy.allows(options.hostname, options.hostname)) {
      done(new ForbiddenAddress(), null);
      return;
    }
    guarded(options, (...result) => {
      const [error, socket] = result;
      // The last word, whatever was resolved: where the socket really leads.
      if (socket && socket.remoteAddress === undefined) {
        // Reset before anybody could look where it leads: not used, and tried again.
        socket.destroy();
        done(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), null);
      } else if (socket && !policy.allows(options.hostname, socket.remoteAddress ?? '')) {
        socket.destroy();
        done(new ForbiddenAddress(), null);
      } else if (socket) done(null, socket);
      else done(error, null);
    });
  };
}

/** The name or the address leads to nothing that is allowed. */
class ForbiddenAddress extends ExportError<'recording_host_forbidden'> {
  constructor() {
    super('recording_host_forbidden');
  }
}

function notFound(): NodeJS.ErrnoException {
  return Object.assign(new Error('name not found'), { code: 'ENOTFOUND' });
}
