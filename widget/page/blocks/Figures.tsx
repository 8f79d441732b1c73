import type { ComponentChildren } from 'preact';

export interface Figure {
  name: string;
  value: ComponentChildren;
}

/** Named values side by side. */
export function Figures({ figures, label }: { figures: Figure[]; label?: string }) {
  return (
    <dl class="sse-figures" aria-label={label}>
      {figures.map(({ name, value }) => (
        <div key={name} class="sse-figures__item">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
