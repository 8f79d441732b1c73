import type { User } from '../api/types.ts';
import { Block } from '../controls/Block.tsx';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Loading } from '../controls/Loading.tsx';
import { isFinal } from '../export/running.ts';
import type { ExportActions } from '../export/use-export-actions.ts';
import { usePaged } from '../export/use-paged.ts';
import type { WatchedStatus } from '../export/use-status.ts';
import { usePage } from '../page-context.ts';
import { HistoryItem } from './HistoryItem.tsx';

const PAGE = 10;

interface HistoryBlockProps {
  status: WatchedStatus;
  users: User[];
  retry: ExportActions['retry'];
}

export function HistoryBlock({ status, users, retry }: HistoryBlockProps) {
  const { current, isStarting } = status;
  const { api, text } = usePage();
  const { history: words } = text;
  // Read anew when an export begins or ends, not with each step of its progress.
  const key = current ? `${current.exportId} ${isFinal(current)}` : '';
  const list = usePaged(async (before) => {
    const { exports, next } = await api.exports({ limit: PAGE, before });
    return { items: exports, next };
  }, key);
  const isRunning = isStarting || (current !== null && !isFinal(current));
  return (
    <Block title={words.title}>
      {list.items === null && !list.error && <Loading lines={3} />}
      {list.items?.length === 0 && <p class="sse-hint">{words.empty}</p>}
      <ul class="sse-history">
        {list.items?.map((listed) => (
          <HistoryItem
            key={listed.exportId}
            // The one that is watched is known better than the list that was read before.
            status={listed.exportId === current?.exportId ? { ...listed, ...current } : listed}
            canRetry={!isRunning}
            users={users}
            retry={retry}
          />
        ))}
      </ul>
      <ErrorNotice error={list.error} onRetry={list.retry} />
      {list.more && (
        <Button onClick={list.more} isPending={list.isLoading}>
          {text.common.more}
        </Button>
      )}
    </Block>
  );
}
