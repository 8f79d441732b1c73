import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useElementId } from './use-element-id.ts';

/**
 * A question asked in the page: amoCRM's moderation forbids the browser's own box. Takes the focus, gives it back when
 * it goes; Escape is the answer no.
 */
export function Question({
  children,
  text,
  onCancel,
}: {
  text: string;
  children: ComponentChildren;
  onCancel: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const id = useElementId();
  useEffect(() => {
    const before = document.activeElement;
    box.current?.querySelector('button')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div
      ref={box}
      class="sse-notice sse-notice_warning"
      role="alertdialog"
      aria-labelledby={id}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onCancel();
      }}
    >
      <p id={id}>{text}</p>
      <div class="sse-row">{children}</div>
    </div>
  );
}
