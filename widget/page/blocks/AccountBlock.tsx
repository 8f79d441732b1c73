import type { Account } from '../api/types.ts';
import { Block } from '../controls/Block.tsx';
import { usePage } from '../page-context.ts';
import { ConnectAccount } from './ConnectAccount.tsx';

/** Heals a lost or revoked installation: the consent of amoCRM, asked for again. Not there while all is well. */
export function AccountBlock({ account, onDone }: { account: Account; onDone: () => void }) {
  const { text, locale } = usePage();
  const { account: words } = text;
  if (account.state === 'active') return null;
  const usual = account.state === 'not_connected' ? words.notConnected : words.reauthRequired;
  return (
    <Block title={words.title}>
      <p>{account.message ? account.message[locale] : usual}</p>
      <ConnectAccount onDone={onDone} />
    </Block>
  );
}
