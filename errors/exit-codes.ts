/** The command line's exit codes; scripts depend on them. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  finishedWithFailures: 3,
  stopped: 4,
  unreachable: 5,
  alreadyRunning: 6,
  notAuthorised: 7,
} as const;

export type ExitName = keyof typeof EXIT;
