import type { Call } from '../api/types.ts';
import { usePage } from '../page-context.ts';
import { safeLink } from '../safe-link.ts';
import { textOf } from '../text/dictionary.ts';

export function CallTable({ calls }: { calls: Call[] }) {
  const { text } = usePage();
  const { columns } = text.calls;
  return (
    <div class="sse-table-frame" tabIndex={0} role="region" aria-label={text.calls.title}>
      <table class="sse-table">
        <thead>
          <tr>
            <th scope="col">{columns.startedAt}</th>
            <th scope="col">{columns.operator}</th>
            <th scope="col">{columns.direction}</th>
            <th scope="col">{columns.talk}</th>
            <th scope="col">{columns.state}</th>
            <th scope="col">{columns.card}</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow key={call.call_id} call={call} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CallRow({ call }: { call: Call }) {
  const { text, formats, locale } = usePage();
  const card = safeLink(call.card_link);
  const reason = call.reasonText?.[locale] ?? (call.reason === null ? '' : textOf(text.reasons, call.reason));
  return (
    <tr>
      <td>{formats.moment(call.started_at)}</td>
      <td>{call.operator_name ?? text.common.none}</td>
      <td>{text.filters.directions[call.direction]}</td>
      <td>{call.talk_seconds === null ? text.common.none : formats.span(call.talk_seconds)}</td>
      <td>
        {textOf(text.calls.states, call.state)}
        {reason !== '' && <span class="sse-hint"> {reason}</span>}
      </td>
      <td>
        {card === undefined ? (
          text.common.none
        ) : (
          <a class="sse-link" href={card} target="_blank" rel="noopener noreferrer">
            {text.calls.openCard}
          </a>
        )}
      </td>
    </tr>
  );
}
