import { useState } from 'preact/hooks';
import { CALL_STATES, type CallState, type ExportStatus, type User } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Loading } from '../controls/Loading.tsx';
import { Select } from '../controls/Select.tsx';
import { usePaged } from '../export/use-paged.ts';
import { usePage } from '../page-context.ts';
import { textOf } from '../text/dictionary.ts';
import { CallTable } from './CallTable.tsx';

const PAGE = 50;

interface CallListProps {
  of: ExportStatus;
  /** Whose calls can be asked for. */
  users: User[];
}

/** The calls of one export, by state, reason and user, the newest first. */
export function CallList({ of, users }: CallListProps) {
  const { api, text, formats } = usePage();
  const { calls: words } = text;
  const [state, setState] = useState<CallState | ''>('');
  const [reason, setReason] = useState<string>('');
  const [operator, setOperator] = useState<string>('');
  const [order, setOrder] = useState<'newest' | 'oldest'>('newest');
  const list = usePaged(async (after) => {
    const query = {
      state: state || undefined,
      reason: reason || undefined,
      operatorId: operator === '' ? undefined : Number(operator),
      order,
      after,
      limit: PAGE,
    };
    const { calls, next } = await api.calls(of.exportId, query);
    return { items: calls, next };
  }, `${of.exportId} ${state} ${reason} ${operator} ${order}`);

  const reasons = Object.keys({ ...of.failures, ...of.calls.skipped });
  const any = { value: '' as const, title: words.any };
  return (
    <div class="sse-calls">
      <div class="sse-row">
        <Select
          label={words.state}
          value={state}
          options={[any, ...CALL_STATES.map((value) => ({ value, title: words.states[value] }))]}
          onChange={setState}
        />
        <Select
          label={words.reason}
          value={reason}
          options={[any, ...reasons.map((value) => ({ value, title: textOf(text.reasons, value) }))]}
          onChange={setReason}
        />
        <Select
          label={words.operator}
          value={operator}
          options={[any, ...users.map(({ id, name }) => ({ value: String(id), title: name }))]}
          onChange={setOperator}
        />
        <span class="sse-hint" role="status">
          {list.items && formats.plural(list.more ? words.shownFirst : words.shownAll, list.items.length)}
        </span>
      </div>
      {list.items === null ? (
        !list.error && <Loading lines={5} />
      ) : (
        <CallTable
          calls={list.items}
          order={order}
          onOrder={() => setOrder(order === 'newest' ? 'oldest' : 'newest')}
        />
      )}
      {list.items?.length === 0 && <p class="sse-hint">{words.empty}</p>}
      <ErrorNotice error={list.error} onRetry={list.retry} />
      {list.more && (
        <Button onClick={list.more} isPending={list.isLoading}>
          {text.common.more}
        </Button>
      )}
    </div>
  );
}
