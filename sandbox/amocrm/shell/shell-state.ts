import type { Account } from '../account.ts';
import { GROUPS } from '../../world/operators.ts';
import type { Installation } from './installation.ts';

/** amoCRM gives each uploaded widget a code of its own making. */
const WIDGET_CODE = 'amo_sandbox_integration';

/** Where the uploaded archive's files lie. */
export const WIDGET_FILES = `/widgets/${WIDGET_CODE}`;

/** What the page knows when it is loaded: the account, its people, and the widget with its settings. */
export function shellState({ identity, world, domain }: Account, installation: Installation, host: string) {
  const { widget, settings, lastHook } = installation;
  return {
    account: {
      id: identity.accountId,
      name: 'Песочница',
      subdomain: domain.subdomain,
      domain: domain.at(host),
      timezone: world.timeZone,
    },
    users: world.operators
      .filter(({ isDeleted }) => !isDeleted)
      .map(({ id, name, email, isAdmin, isActive, groupId }) => ({ id, name, email, isAdmin, isActive, groupId })),
    groups: GROUPS,
    widget: widget && {
      code: WIDGET_CODE,
      path: WIDGET_FILES,
      clientId: identity.clientId,
      manifest: widget.manifest,
      texts: widget.texts,
      settings: settings ?? null,
    },
    lastHook: lastHook && { outcome: lastHook.outcome, status: lastHook.status },
  };
}
