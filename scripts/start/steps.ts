/** Says each step in one line with the time it took. */
export class Steps {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** What a slow step is doing. */
  readonly say = (line: string): void => this.#write(`  … ${line}`);

  /** @param tell what came out, from the step's result. */
  async run<T>(name: string, work: () => Promise<T>, tell: (result: T) => string): Promise<T> {
    const began = performance.now();
    const result = await work();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.#write(`  ${name.padEnd(12)}${tell(result)} (${seconds} s)`);
    return result;
  }
}
