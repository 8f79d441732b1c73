import type { ComponentChildren } from 'preact';
import { useElementId } from './use-element-id.ts';

interface ControlAttributes {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': 'true' | undefined;
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
  /** What is wrong with it is said elsewhere. */
  isWrong?: boolean | undefined;
  /** Draws the control, with the attributes that tie it to its label, hint and problem. */
  children: (attributes: ControlAttributes) => ComponentChildren;
}

export function Field({ label, hint, problem, isWrong, children }: FieldProps) {
  const id = useElementId();
  const described = [hint === undefined ? '' : `${id}-hint`, problem === undefined ? '' : `${id}-problem`]
    .join(' ')
    .trim();
  return (
    <div class="sse-field">
      <label class="sse-label" for={id}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': problem === undefined && isWrong !== true ? undefined : 'true',
      })}
      {hint !== undefined && (
        <p class="sse-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p class="sse-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
