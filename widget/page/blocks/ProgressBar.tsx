import { useRef } from 'preact/hooks';
import type { ExportStatus } from '../api/types.ts';
import { shareDone } from '../export/running.ts';
import { usePage } from '../page-context.ts';

/** One export's share that is done. It never goes back, though a call whose recording arrives late is open once more. */
export function ProgressBar({ current }: { current: ExportStatus }) {
  const { text } = usePage();
  const { progress: words } = text;
  const furthest = useRef(0);
  const share = shareDone(current);
  furthest.current = Math.max(furthest.current, share ?? 0);
  const percent = Math.floor(furthest.current * 100);
  const phase = words.states[current.state];
  return (
    <div class="sse-progress">
      <p class="sse-progress__phase">
        {phase}
        {share !== null && <span> · {percent} %</span>}
      </p>
      <div
        class={`sse-bar sse-bar_${current.state}`}
        role="progressbar"
        aria-label={words.bar}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : percent}
        aria-valuetext={share === null ? phase : `${phase}, ${percent} %`}
      >
        <div class="sse-bar__done" style={{ width: `${percent}%` }} />
      </div>
      {/* Read aloud by tens: a screen reader that told every step would tell nothing else. */}
      <p class="sse-aloud" role="status">
        {share === null ? phase : `${phase}, ${Math.floor(percent / 10) * 10} %`}
      </p>
    </div>
  );
}
