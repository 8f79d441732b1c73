import type { TargetedInputEvent } from 'preact';
import { Field } from './Field.tsx';

type TextType = 'text' | 'password' | 'number' | 'search';

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: TextType;
  hint?: string | undefined;
  problem?: string | undefined;
  placeholder?: string | undefined;
  /** What is wrong with it is said elsewhere. */
  isWrong?: boolean;
}

export function TextField({
  label,
  value,
  onChange,
  type = 'text',
  hint,
  problem,
  placeholder,
  isWrong,
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} problem={problem} isWrong={isWrong}>
      {(attributes) => {
        const input = {
          ...attributes,
          class: 'sse-input',
          value,
          placeholder,
          autocomplete: 'off',
          onInput: ({ currentTarget }: TargetedInputEvent<HTMLInputElement>) => onChange(currentTarget.value),
        } as const;
        switch (type) {
          case 'password':
            // The one value that keeps browsers from offering the administrator's own passwords.
            return <input {...input} type="password" autocomplete="new-password" />;
          case 'number':
            return <input {...input} type="number" min={0} />;
          case 'search':
            return <input {...input} type="search" />;
          case 'text':
            return <input {...input} type="text" />;
        }
      }}
    </Field>
  );
}
