import type { ComponentChildren, Ref } from 'preact';

interface ButtonProps {
  children: ComponentChildren;
  onClick: () => void;
  kind?: 'primary' | 'plain' | 'danger' | 'link';
  isPending?: boolean;
  disabled?: boolean;
  /** The accessible name where the text alone does not tell which of several buttons this is. */
  label?: string | undefined;
  expanded?: boolean;
  /** Of a choice: whether it is the one that holds. */
  pressed?: boolean;
  buttonRef?: Ref<HTMLButtonElement>;
}

export function Button({
  children,
  onClick,
  kind = 'plain',
  isPending,
  disabled,
  label,
  expanded,
  pressed,
  buttonRef,
}: ButtonProps) {
  return (
    <button
      ref={buttonRef ?? null}
      type="button"
      class={`sse-button sse-button_${kind}`}
      aria-label={label}
      aria-busy={isPending === true}
      aria-expanded={expanded}
      aria-pressed={pressed}
      // Not `disabled` while it works: that would throw the focus off the button.
      aria-disabled={isPending === true}
      disabled={disabled === true}
      onClick={() => {
        if (isPending !== true) onClick();
      }}
    >
      <span class="sse-button__text">{children}</span>
      {isPending === true && <span class="sse-spinner" aria-hidden="true" />}
    </button>
  );
}
