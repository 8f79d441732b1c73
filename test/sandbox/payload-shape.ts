/** What a row of a comparison lets pass. Paths look like `_embedded.notes[].params`. */
export interface Latitude {
  /** Keys of every sample that the answer may do without. */
  lacking?: readonly string[];
  /** Keys that the answer has beyond the samples. */
  more?: readonly string[];
  /** Paths that are not looked into: their content is as free as its writers are. */
  free?: readonly string[];
  /** Keys that are null in the answer where the samples happen to have a value. */
  nullable?: readonly string[];
}

interface Shape {
  kinds: Set<string>;
  objects: number;
  keys: Map<string, { shape: Shape; times: number }>;
  items: Shape | undefined;
}

/** Which of a list's links a page has depends on its place in the list, not on its kind. */
const PAGE_LINKS = ['next', 'prev', 'first', 'last'].map((name) => `_links.${name}`);

/** How an answer departs from the shape that its samples have together; empty if it does not. */
export function departures(samples: readonly unknown[], answer: unknown, latitude: Latitude = {}): string[] {
  const shape = emptyShape();
  for (const sample of samples) learn(shape, sample);
  const { lacking = [], more = [] } = latitude;
  const found: string[] = [];
  compare(shape, answer, '', found, {
    ...latitude,
    lacking: [...lacking, ...PAGE_LINKS],
    more: [...more, ...PAGE_LINKS],
  });
  return [...new Set(found)];
}

function compare(shape: Shape, value: unknown, path: string, found: string[], latitude: Latitude): void {
  const kind = kindOf(value);
  if (latitude.free?.includes(path) === true) return;
  if (kind === 'null' && latitude.nullable?.includes(path) === true) return;
  // A sample whose value is null does not say what the value is when there is one.
  if ([...shape.kinds].every((known) => known === 'null')) return;
  if (!shape.kinds.has(kind)) {
    found.push(`${path}: ${kind} instead of ${[...shape.kinds].join(' or ')}`);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) if (shape.items !== undefined) compare(shape.items, item, `${path}[]`, found, latitude);
    return;
  }
  if (typeof value !== 'object' || value === null) return;

  const given = new Map<string, unknown>(Object.entries(value));
  const under = (key: string) => (path === '' ? key : `${path}.${key}`);
  for (const [key, { times }] of shape.keys) {
    const required = times === shape.objects && latitude.lacking?.includes(under(key)) !== true;
    if (required && !given.has(key)) found.push(`${under(key)} is lacking`);
  }
  for (const [key, inner] of given) {
    const known = shape.keys.get(key);
    if (known !== undefined) compare(known.shape, inner, under(key), found, latitude);
    else if (latitude.more?.includes(under(key)) !== true) found.push(`${under(key)} is in no sample`);
  }
}

function learn(shape: Shape, value: unknown): void {
  shape.kinds.add(kindOf(value));
  if (Array.isArray(value)) {
    shape.items ??= emptyShape();
    for (const item of value) learn(shape.items, item);
    if (value.length === 0 && shape.items.kinds.size === 0) shape.items = undefined;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  shape.objects += 1;
  for (const [key, inner] of Object.entries(value)) {
    const known = shape.keys.get(key) ?? { shape: emptyShape(), times: 0 };
    known.times += 1;
    learn(known.shape, inner);
    shape.keys.set(key, known);
  }
}

function emptyShape(): Shape {
  return { kinds: new Set(), objects: 0, keys: new Map(), items: undefined };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
