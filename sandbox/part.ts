/** What a control request is answered with. */
export interface ControlAnswer {
  status: number;
  body: unknown;
}

/** One of the sandbox's three servers, as the control interface sees it. */
export interface ControlledPart {
  /** What was asked of it, as JSON. */
  counters(): unknown;
  /** Answers a control request; the path is without the part's name, 404 for one that it does not know. */
  control(method: string, path: string, body: unknown): Promise<ControlAnswer>;
  /** Forgets counters and faults. */
  reset(): void;
}
