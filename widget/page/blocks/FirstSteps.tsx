import { usePage } from '../page-context.ts';

interface FirstStepsProps {
  /** Steps that are behind: 0 to 3. */
  done: number;
}

/** The way to the first export. */
export function FirstSteps({ done }: FirstStepsProps) {
  const { text } = usePage();
  const { firstSteps: words } = text;
  return (
    <>
      <p>{words.title}</p>
      <ol class="sse-first-steps">
        {words.steps.map((step, index) => (
          <li
            key={step}
            class={index < done ? 'sse-first-steps__done' : undefined}
            aria-current={index === done ? 'step' : undefined}
          >
            {step}
            {index < done && <span class="sse-badge sse-badge_completed">{words.done}</span>}
          </li>
        ))}
      </ol>
    </>
  );
}
