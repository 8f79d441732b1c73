import { useMemo } from 'preact/hooks';
import type { Account, SavedSettings } from './api/types.ts';
import { AccountBlock } from './blocks/AccountBlock.tsx';
import { ErrorNotice } from './controls/ErrorNotice.tsx';
import { Loading } from './controls/Loading.tsx';
import { needsConsent } from './export/main-action.ts';
import { useStatus, type WatchedStatus } from './export/use-status.ts';
import { PageContext, usePage } from './page-context.ts';
import { SettingsPage } from './SettingsPage.tsx';
import { createFormats } from './text/formats.ts';
import { useLoaded } from './use-loaded.ts';

/** The whole advanced-settings page: first whether the account is connected, then all the rest. */
export function Page() {
  const services = usePage();
  const status = useStatus();
  const timeZone = status.value?.account.timeZone;
  const inAccountTime = useMemo(
    () => ({ ...services, formats: createFormats(services.locale, services.text, timeZone) }),
    [services, timeZone],
  );
  return (
    <PageContext.Provider value={inAccountTime}>
      <div class="sse-page" lang={services.locale}>
        {status.value ? (
          <Connected status={status} account={status.value.account} />
        ) : status.error ? (
          <ErrorNotice error={status.error} onRetry={() => void status.reload()} />
        ) : (
          <Loading lines={12} />
        )}
      </div>
    </PageContext.Provider>
  );
}

function Connected({ status, account }: { status: WatchedStatus; account: Account }) {
  return (
    <>
      {/* A blocked export asks for the same consent itself. */}
      {!(status.current && needsConsent(status.current)) && (
        <AccountBlock account={account} onDone={() => void status.reload()} />
      )}
      {/* Until the account is connected there are no users, no fields and nothing to start. */}
      {account.state !== 'not_connected' && <Settings status={status} />}
    </>
  );
}

function Settings({ status }: { status: WatchedStatus }) {
  const { api } = usePage();
  const settings = useLoaded<SavedSettings>(() => api.settings(), '');
  if (settings.value) return <SettingsPage initial={settings.value} status={status} />;
  if (settings.error) return <ErrorNotice error={settings.error} onRetry={() => void settings.reload()} />;
  return <Loading lines={12} />;
}
