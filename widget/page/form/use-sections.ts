import { useState } from 'preact/hooks';

export const SECTIONS = ['connection', 'filters', 'mapping'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** A section's place on the page: a blocked export's button leads to it. */
export const sectionId = (name: SectionName): string => `sse-${name}`;

export interface Sections {
  isOpen: (name: SectionName) => boolean;
  toggle: (name: SectionName) => void;
  open: (name: SectionName) => void;
  foldAll: () => void;
}

/** Which parts of the settings are open; a folded one shows its summary. */
export function useSections(first: readonly SectionName[]): Sections {
  const [open, setOpen] = useState<readonly SectionName[]>(first);
  const without = (name: SectionName) => open.filter((other) => other !== name);
  return {
    isOpen: (name) => open.includes(name),
    toggle: (name) => setOpen(open.includes(name) ? without(name) : [...open, name]),
    open: (name) => setOpen([...without(name), name]),
    foldAll: () => setOpen([]),
  };
}
