import type { ExportStatus } from '../api/types.ts';
import { Notice } from '../controls/Notice.tsx';
import { callsPerMinute, doneCalls, isFinal, isPlanned, isSearching, sum } from '../export/running.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { Figures } from './Figures.tsx';
import { LatestFailures } from './LatestFailures.tsx';
import { OutcomeBar } from './OutcomeBar.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { Reasons } from './Reasons.tsx';

/** How far an export has come, and what became of its calls. */
export function Progress({ current }: { current: ExportStatus }) {
  const { text, locale, formats } = usePage();
  const { progress: words } = text;
  return (
    <>
      <ProgressBar current={current} />
      {current.state === 'stopped' && <p class="sse-hint">{stoppedSentence()}</p>}
      {isSearching(current) && (
        <p class="sse-hint">{fill(words.search, { n: formats.number(current.calls.unconfirmed) })}</p>
      )}
      <Pace current={current} />
      <OutcomeBar status={current} />
      <details class="sse-details">
        <summary>{words.allCounts}</summary>
        <Counts current={current} />
      </details>
      {sum(current.failures) > 0 && (
        <>
          <h3 class="sse-subtitle">{words.failures}</h3>
          <Reasons reasons={current.failures} />
          {!isFinal(current) && <LatestFailures current={current} />}
        </>
      )}
      {current.droppedKeys.length > 0 && (
        <Notice kind="warning">{fill(words.droppedKeys, { keys: current.droppedKeys.join(', ') })}</Notice>
      )}
      {current.warnings.map((warning) => (
        <Notice key={warning.en} kind="warning">
          {warning[locale]}
        </Notice>
      ))}
    </>
  );

  /** What the next start does with the rest. */
  function stoppedSentence(): string {
    if (current.kind === 'retry') return words.retryStopped;
    return current.reExport ? words.reExportStopped : words.exportStopped;
  }
}

function Pace({ current }: { current: ExportStatus }) {
  const { text, formats } = usePage();
  const { progress: words } = text;
  const { talkSeconds, calls } = current;
  const speed = callsPerMinute(current);
  const hours = { done: formats.span(talkSeconds.exported), planned: formats.span(talkSeconds.planned) };
  const done = { done: formats.number(doneCalls(current)), planned: formats.number(calls.planned) };
  const figures = [
    { name: words.bar, value: isPlanned(current) ? fill(words.share, done) : text.common.none },
    { name: words.talk, value: fill(words.share, hours) },
  ];
  if (isFinal(current)) return <Figures figures={figures} />;
  return (
    <Figures
      figures={[
        ...figures,
        {
          name: words.speed,
          value: speed === null ? text.common.none : fill(words.speedValue, { n: formats.number(speed) }),
        },
        {
          name: words.left,
          value: current.etaSeconds === null ? text.common.none : formats.span(current.etaSeconds),
        },
      ]}
    />
  );
}

const SHOWN_COUNTS = [
  'found',
  'planned',
  'exported',
  'failed',
  'waiting',
  'unconfirmed',
  'remaining',
  'skipped',
] as const;
/** A zero would say that nothing is to be sent. */
const KNOWN_BY_PLAN: readonly string[] = ['planned', 'remaining', 'skipped'];

function Counts({ current }: { current: ExportStatus }) {
  const { text, formats } = usePage();
  const { skipped, ...calls } = current.calls;
  const counts = { ...calls, skipped: sum(skipped) };
  const isKnown = (name: string) => isPlanned(current) || !KNOWN_BY_PLAN.includes(name);
  const figures = SHOWN_COUNTS.map((name) => ({
    name: text.counts[name],
    value: isKnown(name) ? formats.number(counts[name]) : text.common.none,
  }));
  return <Figures label={text.progress.counts} figures={figures} />;
}
