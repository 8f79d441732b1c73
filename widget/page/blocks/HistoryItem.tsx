import { useState } from 'preact/hooks';
import type { ExportStatus, User } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { isFinal, isPlanned, sum } from '../export/running.ts';
import type { ExportActions } from '../export/use-export-actions.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { CallList } from './CallList.tsx';
import { OutcomeBar } from './OutcomeBar.tsx';
import { ReportButtons } from './ReportButtons.tsx';
import { RetryChoices } from './RetryChoices.tsx';
import { useElementId } from '../controls/use-element-id.ts';

interface HistoryItemProps {
  status: ExportStatus;
  canRetry: boolean;
  users: User[];
  retry: ExportActions['retry'];
}

export function HistoryItem({ status, canRetry, users, retry }: HistoryItemProps) {
  const { text, formats } = usePage();
  const { history: words } = text;
  const [opened, setOpened] = useState<'calls' | 'retry' | null>(null);
  const id = useElementId();
  const { calls } = status;
  const isOver = isFinal(status);
  const hasRetriable = calls.failed + calls.waiting + calls.unconfirmed > 0;
  const toggle = (part: 'calls' | 'retry') => setOpened(opened === part ? null : part);
  const summary = {
    exported: formats.number(calls.exported),
    failed: formats.number(calls.failed),
    waiting: formats.number(calls.waiting),
    unconfirmed: formats.number(calls.unconfirmed),
    skipped: isPlanned(status) ? formats.number(sum(calls.skipped)) : text.common.none,
  };
  return (
    <li class="sse-history__item" aria-labelledby={id}>
      <div class="sse-row" id={id}>
        <b>{status.kind === 'retry' ? words.retryKind : periodText()}</b>
        <span class={`sse-badge sse-badge_${status.state}`}>{text.progress.states[status.state]}</span>
        <span class="sse-hint">{circumstances().join(' · ')}</span>
      </div>
      {isPlanned(status) && status.calls.found > 0 ? (
        <OutcomeBar status={status} />
      ) : (
        <p>{fill(words.summary, summary)}</p>
      )}
      <div class="sse-row">
        {isOver && <ReportButtons exportId={status.exportId} />}
        {isOver && hasRetriable && canRetry && (
          <Button expanded={opened === 'retry'} onClick={() => toggle('retry')}>
            {words.retryFailed}
          </Button>
        )}
        <Button kind="link" expanded={opened === 'calls'} onClick={() => toggle('calls')}>
          {opened === 'calls' ? words.hideCalls : words.showCalls}
        </Button>
      </div>
      {opened === 'retry' && canRetry && (
        <RetryChoices status={status} retry={retry} onStarted={() => setOpened(null)} />
      )}
      {opened === 'calls' && <CallList of={status} users={users} />}
    </li>
  );

  function periodText(): string {
    return status.period
      ? `${formats.day(status.period.from)} – ${formats.day(status.period.to)}`
      : words.periodUnknown;
  }

  function circumstances(): string[] {
    const { startedAt, finishedAt, startedBy } = status;
    const said = [fill(words.startedAt, { moment: formats.moment(startedAt) })];
    if (startedBy) said.push(fill(words.startedBy, { name: startedBy.name }));
    if (finishedAt !== null) {
      const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
      said.push(fill(words.duration, { span: formats.span(seconds) }));
    }
    return said;
  }
}
