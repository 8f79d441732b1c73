import { useElementId } from './use-element-id.ts';

interface CheckboxProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: string;
  badge?: string | undefined;
  /** Some of what it stands for is chosen. */
  isMixed?: boolean;
}

export function Checkbox({ label, checked, onChange, hint, badge, isMixed }: CheckboxProps) {
  const id = useElementId();
  return (
    <div class="sse-checkbox">
      <input
        id={id}
        class="sse-checkbox__box"
        type="checkbox"
        checked={checked}
        indeterminate={isMixed === true}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <label class="sse-checkbox__label" for={id}>
        {label}
        {badge !== undefined && <span class="sse-badge sse-badge_neutral"> {badge}</span>}
      </label>
      {hint !== undefined && (
        <p class="sse-hint sse-checkbox__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
