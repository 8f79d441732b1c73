import type { Sentence } from '../errors/codes.ts';
import type { Input, Printer } from './terminal/streams.ts';

/** What a run of the command line has around it. */
export interface Surroundings {
  variables: Record<string, string | undefined>;
  stdin: Input;
  stdout: Printer;
  stderr: Printer;
  /** Is told, when a command begins, what to wait for before the process may end in its middle. */
  beforeEnd?: (wait: () => Promise<void>) => void;
  /** Said after an environment that is not valid: where it might have come from. */
  withoutEnvironment?: Sentence;
}
