import type { ComponentChildren } from 'preact';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { Button } from './Button.tsx';
import { useElementId } from './use-element-id.ts';

/** Where a section is, and whether it is open. */
export interface SectionPlace {
  id: string;
  isOpen: boolean;
  onToggle: () => void;
}

interface SectionProps extends SectionPlace {
  title: string;
  /** What is set in it, in one line. */
  summary: string;
  children: ComponentChildren;
}

/** A part of the settings. Folded, it shows its summary in one line; what was typed in it stays. */
export function Section({ title, id, summary, isOpen, onToggle, children }: SectionProps) {
  const { text } = usePage();
  const headingId = useElementId();
  return (
    <section class={`sse-block ${isOpen ? '' : 'sse-block_folded'}`} id={id} aria-labelledby={headingId}>
      <div class="sse-block__head">
        <h2 class="sse-block__title" id={headingId}>
          {title}
        </h2>
        {!isOpen && <p class="sse-block__summary">{summary}</p>}
        <Button
          kind="link"
          expanded={isOpen}
          label={fill(isOpen ? text.common.foldOf : text.common.changeOf, { title })}
          onClick={onToggle}
        >
          {isOpen ? text.common.fold : text.common.change}
        </Button>
      </div>
      <div hidden={!isOpen}>{children}</div>
    </section>
  );
}
