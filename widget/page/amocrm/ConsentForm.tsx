import { useState } from 'preact/hooks';
import type { Dictionary } from '../text/dictionary.ts';
import { useElementId } from '../controls/use-element-id.ts';

interface ConsentFormProps {
  text: Dictionary;
  isAccepted: boolean;
  /** Saving was tried without the consent. */
  isRefused: boolean;
  policyUrl: string | null;
  onChange: (accepted: boolean) => void;
}

/** What stands in the settings window: the consent and, when it is missing, that it is. */
export function ConsentForm({ text, isAccepted, isRefused, policyUrl, onChange }: ConsentFormProps) {
  const id = useElementId();
  const [accepted, setAccepted] = useState(isAccepted);
  const isMissing = isRefused && !accepted;
  return (
    <div class="sse-consent">
      <div class="sse-checkbox">
        <input
          id={id}
          class="sse-checkbox__box"
          type="checkbox"
          required
          checked={accepted}
          aria-invalid={isMissing ? 'true' : undefined}
          aria-describedby={isMissing ? `${id}-problem` : undefined}
          onChange={({ currentTarget }) => {
            setAccepted(currentTarget.checked);
            onChange(currentTarget.checked);
          }}
        />
        <label class="sse-checkbox__label" for={id}>
          {text.consent.label}
        </label>
      </div>
      {policyUrl !== null && (
        <a class="sse-link" href={policyUrl} target="_blank" rel="noopener noreferrer">
          {text.consent.policy}
        </a>
      )}
      {isMissing && (
        <p class="sse-problem" id={`${id}-problem`} role="alert">
          {text.consent.required}
        </p>
      )}
      <p class="sse-hint">{text.consent.next}</p>
    </div>
  );
}
