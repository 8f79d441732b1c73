import type { ComponentChildren, Ref } from 'preact';
import { useElementId } from './use-element-id.ts';

interface BlockProps {
  title: string;
  /** Stands at the end of the heading's line. */
  aside?: ComponentChildren;
  headingRef?: Ref<HTMLHeadingElement>;
  children: ComponentChildren;
}

/** A card of the page under its heading. */
export function Block({ title, aside, headingRef, children }: BlockProps) {
  const headingId = useElementId();
  return (
    <section class="sse-block" aria-labelledby={headingId}>
      <div class="sse-block__head">
        {/* Takes the focus when the block becomes what matters. */}
        <h2 class="sse-block__title" id={headingId} ref={headingRef ?? null} tabIndex={-1}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
