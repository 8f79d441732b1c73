/** One measured number beside what it is judged by. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The same without the product, measured in the same run; in the same unit. */
  reference?: { name: string; value: number };
  /** What the product aims at: of the value itself, or of its share of the reference. */
  aim?: { of: 'value' | 'ratio'; atLeast?: number; atMost?: number };
}

/** The value as a share of its reference; undefined without one. */
export function ratioOf({ value, reference }: Figure): number | undefined {
  return reference === undefined || reference.value === 0 ? undefined : value / reference.value;
}

/** Whether the aim is met; undefined without an aim. */
export function isMet(figure: Figure): boolean | undefined {
  const { aim, value } = figure;
  if (aim === undefined) return undefined;
  const judged = aim.of === 'value' ? value : ratioOf(figure);
  if (judged === undefined) return undefined;
  return judged >= (aim.atLeast ?? -Infinity) && judged <= (aim.atMost ?? Infinity);
}
