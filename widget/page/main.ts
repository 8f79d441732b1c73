import { createCallbacks as create } from './amocrm/callbacks.ts';
import type { AmocrmGlobals, WidgetInstance } from './amocrm/widget-instance.ts';

// Put in by the build (scripts/widget/build-app.ts).
declare const BACKEND_URL: string;
declare const POLICY_URL: string | null;

/** What the archive's script.js hands to amoCRM. */
export function createCallbacks(widget: WidgetInstance, globals: AmocrmGlobals) {
  return create(widget, { backend: BACKEND_URL, policyUrl: POLICY_URL, globals, now: () => new Date() });
}
