import { useState } from 'preact/hooks';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { usePage } from '../page-context.ts';
import { safeLink } from '../safe-link.ts';
import { useAction } from '../use-action.ts';

interface ConnectAccountProps {
  onDone: () => void;
  kind?: 'primary' | 'plain';
}

/** Asks for the consent of amoCRM, in a window of its own, and comes back when it was given. */
export function ConnectAccount({ onDone, kind = 'primary' }: ConnectAccountProps) {
  const { api, text } = usePage();
  const { account: words } = text;
  const [consentUrl, setConsentUrl] = useState<string | undefined>();
  const connect = useAction(async () => {
    const url = safeLink((await api.consent()).consentUrl);
    setConsentUrl(url);
    if (url !== undefined) window.open(url, '_blank', 'noopener');
  });
  return (
    <div class="sse-connect">
      {consentUrl === undefined ? (
        <Button kind={kind} onClick={() => void connect.run()} isPending={connect.isPending}>
          {words.connect}
        </Button>
      ) : (
        <>
          <p>
            {words.consentHint}{' '}
            <a class="sse-link" href={consentUrl} target="_blank" rel="noopener noreferrer">
              {words.consentPage}
            </a>
          </p>
          <Button
            kind={kind}
            onClick={() => {
              setConsentUrl(undefined);
              onDone();
            }}
          >
            {words.done}
          </Button>
        </>
      )}
      <ErrorNotice error={connect.error} onRetry={() => void connect.run()} />
    </div>
  );
}
