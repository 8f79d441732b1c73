interface Attributes {
  onclick?: (event: MouseEvent) => void;
  onchange?: (event: Event) => void;
  [name: string]: unknown;
}

/** An element with its attributes and what stands in it; text is never read as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick') made.onclick = (value as Attributes['onclick']) ?? null;
    else if (key === 'onchange') made.onchange = (value as Attributes['onchange']) ?? null;
    else if (value === true) made.setAttribute(key, '');
    else if (typeof value === 'string' || typeof value === 'number') made.setAttribute(key, String(value));
  }
  made.append(...children);
  return made;
}
