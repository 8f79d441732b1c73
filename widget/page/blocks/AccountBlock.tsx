import { useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { Block } from '../controls/Block.tsx';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { usePage } from '../page-context.ts';
import { safeLink } from '../safe-link.ts';
import { useAction } from '../use-action.ts';

/** Heals a lost or revoked installation: the consent of amoCRM, asked for again. Not there while all is well. */
export function AccountBlock({ account, onDone }: { account: Account; onDone: () => void }) {
  const { api, text, locale } = usePage();
  const { account: words } = text;
  const [consentUrl, setConsentUrl] = useState<string | undefined>();
  const connect = useAction(async () => {
    const url = safeLink((await api.consent()).consentUrl);
    setConsentUrl(url);
    if (url !== undefined) window.open(url, '_blank', 'noopener');
  });
  if (account.state === 'active') return null;

  const usual = account.state === 'not_connected' ? words.notConnected : words.reauthRequired;
  return (
    <Block title={words.title}>
      <p>{account.message ? account.message[locale] : usual}</p>
      {consentUrl === undefined ? (
        <Button kind="primary" onClick={() => void connect.run()} isPending={connect.isPending}>
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
            kind="primary"
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
    </Block>
  );
}
