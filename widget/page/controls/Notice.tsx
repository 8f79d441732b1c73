import type { ComponentChildren } from 'preact';

/** A sentence that stands out; read aloud when it appears, an error at once. */
export function Notice({
  kind,
  children,
}: {
  kind: 'info' | 'success' | 'warning' | 'error';
  children: ComponentChildren;
}) {
  return (
    <div class={`sse-notice sse-notice_${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
