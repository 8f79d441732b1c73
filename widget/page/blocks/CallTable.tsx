import type { Call } from '../api/types.ts';
import { usePage } from '../page-context.ts';
import { safeLink } from '../safe-link.ts';
import { textOf } from '../text/dictionary.ts';

interface CallTableProps {
  calls: Call[];
  /** By the calls' times; absent where the list has an order of its own. */
  order?: 'newest' | 'oldest';
  onOrder?: () => void;
}

export function CallTable({ calls, order, onOrder }: CallTableProps) {
  const { text } = usePage();
  const { columns } = text.calls;
  return (
    <div class="sse-table-frame" tabIndex={0} role="region" aria-label={text.calls.title}>
      <table class="sse-table">
        <thead>
          <tr>
            <th scope="col" aria-sort={order && (order === 'newest' ? 'descending' : 'ascending')}>
              {order && onOrder ? (
                <button type="button" class="sse-sort" onClick={onOrder}>
                  {columns.startedAt} <span aria-hidden="true">{order === 'newest' ? '↓' : '↑'}</span>
                </button>
              ) : (
                columns.startedAt
              )}
            </th>
            <th scope="col">{columns.operator}</th>
            <th scope="col">{columns.direction}</th>
            <th scope="col">{columns.talk}</th>
            <th scope="col">{columns.state}</th>
            <th scope="col">
              <span class="sse-aloud">{columns.card}</span>
            </th>
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
          <a
            class="sse-icon-link"
            href={card}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={text.calls.openCard}
            title={text.calls.openCard}
          >
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <path d="M6 3H3v10h10v-3M9 3h4v4M13 3 7 9" fill="none" stroke="currentColor" stroke-width="1.5" />
            </svg>
          </a>
        )}
      </td>
    </tr>
  );
}
