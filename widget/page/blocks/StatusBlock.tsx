import { useEffect, useRef, useState } from 'preact/hooks';
import type { CompletedExport, ExportStatus, Sentence } from '../api/types.ts';
import { Block } from '../controls/Block.tsx';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Loading } from '../controls/Loading.tsx';
import { Notice } from '../controls/Notice.tsx';
import { Question } from '../controls/Question.tsx';
import { isFinal } from '../export/running.ts';
import type { ExportActions } from '../export/use-export-actions.ts';
import type { WatchedStatus } from '../export/use-status.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { BlockedNotice } from './BlockedNotice.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { Progress } from './Progress.tsx';

interface StatusBlockProps {
  status: WatchedStatus;
  actions: ExportActions;
  /** How many of the first steps are done, for an account without an export. */
  firstSteps: number;
  /** Whether the button that lets a blocked export go on is the page's primary one. */
  isMendingMain: boolean;
  toConnection: () => void;
}

/** How the export stands: the first thing on the page, with Stop and with what must be done. */
export function StatusBlock({ status, actions, firstSteps, isMendingMain, toConnection }: StatusBlockProps) {
  const { text } = usePage();
  const { current, isStarting } = status;
  const heading = useRef<HTMLHeadingElement>(null);
  const [isAsked, setAsked] = useState(false);
  const canStop = current !== null && !isFinal(current) && current.state !== 'stopping';
  const toTop = () => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'nearest' });
  };
  useEffect(() => {
    if (isStarting) toTop();
  }, [isStarting]);

  const stop = () => {
    setAsked(false);
    if (!current) return;
    void actions.stop.run(current.exportId);
    toTop();
  };
  const stopButton = canStop && (
    <Button kind="danger" isPending={actions.stop.isPending} onClick={() => setAsked(true)}>
      {text.actions.stop}
    </Button>
  );
  return (
    <Block title={text.progress.title} headingRef={heading} aside={stopButton}>
      {isAsked && canStop && (
        <Question text={text.actions.stopAsk} onCancel={() => setAsked(false)}>
          <Button kind="danger" onClick={stop}>
            {text.actions.stopYes}
          </Button>
          <Button onClick={() => setAsked(false)}>{text.actions.stopNo}</Button>
        </Question>
      )}
      <ErrorNotice error={actions.stop.error} />
      {status.error && current && <Notice kind="warning">{text.progress.updates}</Notice>}
      {isStarting && <Loading lines={2} what={text.progress.starting} />}
      {!isStarting && current === null && <FirstSteps done={firstSteps} />}
      {current?.state === 'blocked' && (
        <BlockedNotice
          current={current}
          resume={actions.resume}
          isMain={isMendingMain}
          toConnection={toConnection}
          onConnected={() => void status.reload()}
        />
      )}
      {current && <Remarks current={current} />}
      {current && <Progress key={current.exportId} current={current} />}
      {status.value?.lastCompleted && <LastCompleted completed={status.value.lastCompleted} />}
    </Block>
  );
}

/** What has ended it, or holds it up. */
function Remarks({ current }: { current: ExportStatus }) {
  const { text, locale } = usePage();
  const said = (sentence: Sentence) => sentence[locale];
  return (
    <>
      {current.state === 'failed' && current.blockedMessage && (
        <Notice kind="error">{said(current.blockedMessage)}</Notice>
      )}
      {current.troubleMessage && !isFinal(current) && (
        <Notice kind="warning">{fill(text.progress.trouble, { what: said(current.troubleMessage) })}</Notice>
      )}
    </>
  );
}

function LastCompleted({ completed }: { completed: CompletedExport }) {
  const { text, formats } = usePage();
  const { period, finishedAt, exported } = completed;
  const values = {
    period: period ? `${formats.day(period.from)} – ${formats.day(period.to)}` : text.history.periodUnknown,
    moment: formats.moment(finishedAt),
    n: formats.number(exported),
  };
  return <p class="sse-hint sse-status__last">{fill(text.progress.lastCompleted, values)}</p>;
}
