/** Requests by route and by status of their answers. */
export class RequestCounters {
  total = 0;
  byRoute: Record<string, Record<string, number>> = {};

  /** `outcome` is a status, or what became of the request instead of an answer: `reset`, `hang`. */
  count(route: string, outcome: string): void {
    this.total += 1;
    const statuses = (this.byRoute[route] ??= {});
    statuses[outcome] = (statuses[outcome] ?? 0) + 1;
  }

  reset(): void {
    this.total = 0;
    this.byRoute = {};
  }
}
