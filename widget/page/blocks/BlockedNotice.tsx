import type { ExportStatus } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { useKeyedAction } from '../use-action.ts';
import { ConnectAccount } from './ConnectAccount.tsx';
import { CONNECTION_BLOCK_ID } from './ConnectionBlock.tsx';

/** Errors of amoCRM that a new consent heals. */
const HEALED_BY_CONSENT = [
  'amocrm_unauthorized',
  'amocrm_grant_lost',
  'amocrm_code_refused',
  'amocrm_other_account',
  'amocrm_account_moved',
  'amocrm_forbidden',
];

/** Somebody must act: what to do, and the buttons for it. */
export function BlockedNotice({ current, onResumed }: { current: ExportStatus; onResumed: () => Promise<unknown> }) {
  const { api, text, locale } = usePage();
  const resume = useKeyedAction(async (key, exportId: string) => {
    await api.resume(exportId, key);
    await onResumed();
  });
  const code = current.blockedBy ?? '';
  const needsConsent = HEALED_BY_CONSENT.includes(code);
  const toConnection = () => {
    const block = document.getElementById(CONNECTION_BLOCK_ID);
    block?.scrollIntoView({ block: 'start' });
    block?.querySelector('input')?.focus();
  };
  return (
    <div class="sse-notice sse-notice_error" role="alert">
      <p>{current.blockedMessage?.[locale] ?? fill(text.progress.blockedByUnknown, { code })}</p>
      {needsConsent && <ConnectAccount onDone={() => void onResumed()} />}
      <div class="sse-row">
        {code.startsWith('speechsense_') && <Button onClick={toConnection}>{text.progress.toConnection}</Button>}
        <Button
          kind={needsConsent ? 'plain' : 'primary'}
          onClick={() => void resume.run(current.exportId)}
          isPending={resume.isPending}
        >
          {text.progress.resume}
        </Button>
      </div>
      <ErrorNotice error={resume.error} />
    </div>
  );
}
