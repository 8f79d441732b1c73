import { usePage } from '../page-context.ts';
import { textOf } from '../text/dictionary.ts';

/** Reasons with their numbers of calls, most frequent first. */
export function Reasons({ reasons }: { reasons: Record<string, number> }) {
  const { text, formats } = usePage();
  const ranked = Object.entries(reasons)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one);
  return (
    <ul class="sse-reasons">
      {ranked.map(([reason, count]) => (
        <li key={reason}>
          {textOf(text.reasons, reason)}: <b>{formats.number(count)}</b>
        </li>
      ))}
    </ul>
  );
}
