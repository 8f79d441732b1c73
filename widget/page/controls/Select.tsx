import { Field } from './Field.tsx';

interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; title: string }[];
  onChange: (value: Value) => void;
  problem?: string | undefined;
}

export function Select<Value extends string>({ label, value, options, onChange, problem }: SelectProps<Value>) {
  return (
    <Field label={label} problem={problem}>
      {(attributes) => (
        <select
          {...attributes}
          class="sse-input sse-select"
          value={value}
          onChange={({ currentTarget }) => {
            const chosen = options[currentTarget.selectedIndex];
            if (chosen) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
