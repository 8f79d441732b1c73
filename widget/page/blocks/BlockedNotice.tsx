import type { ExportStatus } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { needsConnection, needsConsent } from '../export/main-action.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import type { Action } from '../use-action.ts';
import { ConnectAccount } from './ConnectAccount.tsx';

interface BlockedNoticeProps {
  current: ExportStatus;
  resume: Action<[exportId: string]>;
  /** Whether the mending button is the page's primary one. */
  isMain: boolean;
  toConnection: () => void;
  onConnected: () => void;
}

/** Somebody must act: what to do, and the buttons for it. The first one mends the cause. */
export function BlockedNotice({ current, resume, isMain, toConnection, onConnected }: BlockedNoticeProps) {
  const { text, locale } = usePage();
  const isConsentMissing = needsConsent(current);
  const isConnectionWrong = needsConnection(current);
  const main = isMain ? 'primary' : 'plain';
  return (
    <div class="sse-notice sse-notice_error" role="alert">
      <p>
        {current.blockedMessage?.[locale] ?? fill(text.progress.blockedByUnknown, { code: current.blockedBy ?? '' })}
      </p>
      {isConsentMissing && <ConnectAccount onDone={onConnected} kind={main} />}
      <div class="sse-row">
        {isConnectionWrong && (
          <Button kind={main} onClick={toConnection}>
            {text.progress.toConnection}
          </Button>
        )}
        <Button
          kind={isConsentMissing || isConnectionWrong ? 'plain' : main}
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
