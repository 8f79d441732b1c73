import { useEffect, useRef } from 'preact/hooks';
import type { Preview } from '../api/types.ts';
import { Block } from '../controls/Block.tsx';
import { Loading } from '../controls/Loading.tsx';
import { Notice } from '../controls/Notice.tsx';
import { sum } from '../export/running.ts';
import type { PreviewRun } from '../export/use-preview.ts';
import { settingsOf } from '../form/form.ts';
import { useForm } from '../form/form-context.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { Figures } from './Figures.tsx';
import { PriceField } from './PriceField.tsx';
import { Reasons } from './Reasons.tsx';

/** Not there until somebody presses «Рассчитать». */
export function PreviewBlock({ preview, timeZone }: { preview: PreviewRun; timeZone: string }) {
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
      {result?.state === 'completed' && <Counted result={result} timeZone={timeZone} />}
      {result?.warnings.map((warning) => (
        <Notice key={warning.en} kind="warning">
          {warning[locale]}
        </Notice>
      ))}
    </Block>
  );
}

function Counted({ result, timeZone }: { result: Preview; timeZone: string }) {
  const { text, formats } = usePage();
  const { form } = useForm();
  const { preview: words } = text;
  const { calls, estimate } = result;
  const price = settingsOf(form).price?.roublesPerMinute ?? null;
  const byTariff = estimate?.roubles ?? null;
  const roubles = price === null ? byTariff : Math.round((result.talkSeconds.planned / 60) * price);
  const figures = [
    { name: words.found, value: formats.number(calls.found) },
    { name: words.planned, value: formats.number(sendable(calls)) },
    { name: words.hours, value: formats.span(result.talkSeconds.planned) },
    {
      name: words.roubles,
      value:
        roubles === null || Number.isNaN(roubles)
          ? text.common.none
          : fill(words.roublesValue, { n: formats.number(roubles) }),
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
      {(byTariff === null || price !== null) && <PriceField timeZone={timeZone} />}
      <h3 class="sse-subtitle">{words.skipped}</h3>
      {sum(calls.skipped) === 0 ? <p class="sse-hint">{words.nothingSkipped}</p> : <Reasons reasons={calls.skipped} />}
    </div>
  );
}

/** Of the planned ones, those that have a recording to send: the others are named each by what keeps them. */
function sendable({ planned, failed, waiting, unconfirmed }: Preview['calls']): number {
  return planned - failed - waiting - unconfirmed;
}
