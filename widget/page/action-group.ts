/** Actions on one thing: the error of each is past once another has succeeded, or once the thing has changed. */
export interface ActionGroup {
  /** @returns what takes it out again. */
  join: (forgetError: () => void) => () => void;
  forgetErrors: () => void;
}

export function createActionGroup(): ActionGroup {
  const members = new Set<() => void>();
  return {
    join: (forgetError) => {
      members.add(forgetError);
      return () => void members.delete(forgetError);
    },
    forgetErrors: () => members.forEach((forgetError) => forgetError()),
  };
}
