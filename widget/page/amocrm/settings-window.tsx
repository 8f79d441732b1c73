import { render } from 'preact';
import type { Dictionary } from '../text/dictionary.ts';
import { CONSENT_FIELD, consentValue, isConsent } from './consent.ts';
import { ConsentForm } from './ConsentForm.tsx';
import { addStylesheet, customFieldParts, rootIn } from './place.ts';
import type { JQueryLike, SavedData, WidgetInstance } from './widget-instance.ts';

export interface SettingsWindow {
  open: (body: JQueryLike | undefined) => void;
  /** Whether amoCRM may save; where it may not, the window says why. */
  allowsSaving: (data: SavedData | undefined) => boolean;
  close: () => void;
}

/** The widget's settings window in amoCRM: the consent to the transfer of personal data, nothing else. */
export function createSettingsWindow(
  widget: WidgetInstance,
  text: Dictionary,
  options: { policyUrl: string | null; now: () => Date },
): SettingsWindow {
  let shown: { input: HTMLInputElement; root: HTMLElement } | null = null;

  function draw(isRefused: boolean): void {
    if (!shown) return;
    const { input, root } = shown;
    render(
      <ConsentForm
        text={text}
        isAccepted={isConsent(input.value)}
        isRefused={isRefused}
        policyUrl={options.policyUrl}
        onChange={(accepted) => {
          input.value = consentValue(accepted, options.now());
          // amoCRM wakes its Save button on this.
          input.dispatchEvent(new Event('change', { bubbles: true }));
        }}
      />,
      root,
    );
  }

  return {
    open: (body) => {
      const parts = customFieldParts(body, CONSENT_FIELD);
      if (!parts) return;
      addStylesheet(widget);
      shown = { input: parts.input, root: rootIn(parts.content) };
      draw(false);
    },
    allowsSaving: (data) => {
      // amoCRM asks this on switching off too: leaving needs no consent.
      if (data?.active === 'N' || data?.active === false) return true;
      if (isConsent(data?.fields?.[CONSENT_FIELD] ?? shown?.input.value)) return true;
      draw(true);
      return false;
    },
    close: () => {
      if (shown) render(null, shown.root);
      shown = null;
    },
  };
}
