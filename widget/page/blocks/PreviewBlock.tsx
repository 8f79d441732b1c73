import { useEffect, useRef } from 'preact/hooks';
import type { Preview } from '../api/types.ts';
import { Block } from '../controls/Block.tsx';
import { Loading } from '../controls/Loading.tsx';
import { Notice } from '../controls/Notice.tsx';
import { sum } from '../export/running.ts';
import type { PreviewRun } from '../export/use-preview.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { Figures } from './Figures.tsx';
import { Reasons } from './Reasons.tsx';

/** Not there until somebody presses «Рассчитать». */
export function PreviewBlock({ preview }: { preview: PreviewRun }) {
  const { text, locale } = usePage();
  const { preview: words } = text;
  const { result, isCounting } = preview;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isCounting) heading.current?.scrollIntoView({ block: 'nearest' });
  }, [isCounting]);
  if (!isCounting && result === null) return null;
  return (
    <Block title={words.title} headingRef={heading}>
      {isCounting && <Loading lines={4} what={words.planning} />}
      {preview.isUnreached && isCounting && <Notice kind="warning">{text.progress.updates}</Notice>}
      {preview.isOutdated && <Notice kind="warning">{words.outdated}</Notice>}
      {result?.state === 'failed' && <Notice kind="error">{result.error?.message[locale] ?? text.common.none}</Notice>}
      {result?.state === 'completed' && <Counted result={result} />}
      {result?.warnings.map((warning) => (
        <Notice key={warning.en} kind="warning">
          {warning[locale]}
        </Notice>
      ))}
    </Block>
  );
}

function Counted({ result }: { result: Preview }) {
  const { text, formats } = usePage();
  const { preview: words } = text;
  const { calls, estimate } = result;
  const roubles = estimate?.roubles ?? null;
  const figures = [
    { name: words.found, value: formats.number(calls.found) },
    { name: words.planned, value: formats.number(sendable(calls)) },
    { name: words.hours, value: formats.span(result.talkSeconds.planned) },
    {
      name: words.roubles,
      value: roubles === null ? text.common.none : fill(words.roublesValue, { n: formats.number(roubles) }),
    },
    ...(estimate
      ? [
          { name: words.takes, value: formats.span(estimate.seconds) },
          { name: words.requests, value: formats.number(estimate.requests) },
        ]
      : []),
    // Rare ones, each shown only where there are such calls.
    ...[
      { name: words.waiting, count: calls.waiting },
      { name: words.unsure, count: calls.unconfirmed },
      { name: words.failed, count: calls.failed },
    ]
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => ({ name, value: formats.number(count) })),
  ];
  return (
    <div aria-live="polite">
      {sendable(calls) === 0 && <p>{words.nothing}</p>}
      <Figures figures={figures} />
      {roubles === null && <p class="sse-hint">{words.roublesUnknown}</p>}
      <h3 class="sse-subtitle">{words.skipped}</h3>
      {sum(calls.skipped) === 0 ? <p class="sse-hint">{words.nothingSkipped}</p> : <Reasons reasons={calls.skipped} />}
    </div>
  );
}

/** Of the planned ones, those that have a recording to send: the others are named each by what keeps them. */
function sendable({ planned, failed, waiting, unconfirmed }: Preview['calls']): number {
  return planned - failed - waiting - unconfirmed;
}
