import { useId } from 'preact/hooks';

/** An id that no other widget in amoCRM's page has, though it be made with Preact too. */
export function useElementId(): string {
  return `sse-${useId()}`;
}
