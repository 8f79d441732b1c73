import type { ComponentChildren } from 'preact';
import { useElementId } from './use-element-id.ts';

/** A card of the page under its heading. */
export function Block({ title, id, children }: { title: string; id?: string; children: ComponentChildren }) {
  const headingId = useElementId();
  return (
    <section class="sse-block" id={id} aria-labelledby={headingId}>
      <h2 class="sse-block__title" id={headingId}>
        {title}
      </h2>
      {children}
    </section>
  );
}
