import { useState } from 'preact/hooks';
import type { ExportStatus } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { Checkbox } from '../controls/Checkbox.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import type { ExportActions } from '../export/use-export-actions.ts';
import { usePage } from '../page-context.ts';
import { fill, textOf } from '../text/dictionary.ts';

/** What waiting calls may wait for. The status counts them together, so they are retried together. */
const WAITING_REASONS = ['recording_not_ready', 'recording_not_found', 'telephony_away'];

interface RetryChoicesProps {
  status: ExportStatus;
  retry: ExportActions['retry'];
  onStarted: () => void;
}

/** Which calls to try again: by reason, and the unconfirmed ones only when asked for. */
export function RetryChoices({ status, retry, onStarted }: RetryChoicesProps) {
  const { text, formats } = usePage();
  const { retry: words } = text;
  const counts = Object.entries(status.failures).filter(([, count]) => count > 0);
  const waiting = status.calls.waiting;
  const [reasons, setReasons] = useState(() => [
    ...counts.map(([reason]) => reason),
    ...(waiting > 0 ? WAITING_REASONS : []),
  ]);
  const choose = (chosen: string[], isChosen: boolean) =>
    setReasons([...reasons.filter((reason) => !chosen.includes(reason)), ...(isChosen ? chosen : [])]);
  const [unconfirmed, setUnconfirmed] = useState(false);
  const start = async () => {
    if (await retry.run(status.exportId, { reasons, unconfirmed })) onStarted();
  };
  // No reason at all would mean every reason to the server.
  const isNothing = counts.length + waiting > 0 ? reasons.length === 0 : !unconfirmed;
  return (
    <div class="sse-notice sse-notice_info" role="group" aria-label={words.title}>
      {counts.length + waiting > 0 && <p>{words.reasons}</p>}
      {counts.map(([reason, count]) => (
        <Checkbox
          key={reason}
          label={`${textOf(text.reasons, reason)} (${formats.number(count)})`}
          checked={reasons.includes(reason)}
          onChange={(isChosen) => choose([reason], isChosen)}
        />
      ))}
      {waiting > 0 && (
        <Checkbox
          label={`${text.counts.waiting} (${formats.number(waiting)})`}
          checked={WAITING_REASONS.every((reason) => reasons.includes(reason))}
          onChange={(isChosen) => choose(WAITING_REASONS, isChosen)}
        />
      )}
      {status.calls.unconfirmed > 0 && (
        <Checkbox
          label={fill(words.unconfirmed, { n: formats.number(status.calls.unconfirmed) })}
          hint={words.unconfirmedHint}
          checked={unconfirmed}
          onChange={setUnconfirmed}
        />
      )}
      <div class="sse-row">
        <Button kind="primary" disabled={isNothing} isPending={retry.isPending} onClick={() => void start()}>
          {words.start}
        </Button>
        {isNothing && <span class="sse-hint">{words.nothing}</span>}
      </div>
      <ErrorNotice error={retry.error} />
    </div>
  );
}
