import type { ExportStatus } from '../api/types.ts';
import { isPlanned, sum } from '../export/running.ts';
import { usePage } from '../page-context.ts';

/** From what is done to what needs nothing. */
const OUTCOMES = ['exported', 'waiting', 'unconfirmed', 'failed', 'remaining', 'skipped'] as const;

/** Wide enough for a part in a thousand to be one unit. */
const WIDTH = 1_000;
const HEIGHT = 16;

/** The calls that were found, by what became of them. Not there before that is decided. */
export function OutcomeBar({ status }: { status: ExportStatus }) {
  const { text, formats } = usePage();
  const { found, skipped, ...calls } = status.calls;
  if (!isPlanned(status) || found === 0) return null;
  const counts = { ...calls, skipped: sum(skipped) };
  let left = 0;
  const parts = OUTCOMES.filter((name) => counts[name] > 0).map((name) => {
    const part = { name, left, width: (counts[name] / found) * WIDTH, title: text.counts[name], count: counts[name] };
    left += part.width;
    return part;
  });
  const total = `${text.counts.found} ${formats.number(found)}`;
  return (
    <figure class="sse-outcomes">
      {/* What it shows stands in the list beneath. */}
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        width="100%"
        height={HEIGHT}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {parts.map(({ name, left: x, width }) => (
          <rect key={name} class={`sse-outcome_${name}`} x={x} width={width} height={HEIGHT} />
        ))}
      </svg>
      <figcaption>
        <ul class="sse-outcomes__legend" aria-label={total}>
          <li>
            {total}
            {' →'}
          </li>
          {parts.map(({ name, title, count }) => (
            <li key={name}>
              <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                <rect class={`sse-outcome_${name}`} width="10" height="10" />
              </svg>{' '}
              {title} <b>{formats.number(count)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}
