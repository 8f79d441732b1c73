/** A published advisory that concerns a locked package. */
export interface Finding {
  id: string;
  package: string;
  /** The locked versions that it concerns. */
  versions: string[];
  vulnerable: string;
  severity: string;
  title: string;
  /** Whether the product ships the package; else only the development uses it. */
  shipped: boolean;
}
