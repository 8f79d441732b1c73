import { usePage } from '../page-context.ts';

/** Holds the place of what is on its way, so that the page does not jump. */
export function Loading({ lines = 3, what }: { lines?: number; what?: string }) {
  const { text } = usePage();
  return (
    <div class="sse-loading" role="status" style={{ minHeight: `${lines * 34}px` }}>
      <span class="sse-spinner" aria-hidden="true" /> {what ?? text.common.loading}
    </div>
  );
}
