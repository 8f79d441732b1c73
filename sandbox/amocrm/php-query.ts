/** A query as PHP reads it: `a[b][]=1` nests, `[]` counts up, a repeated scalar keeps its last value. */
export type QueryValue = string | Map<string, QueryValue>;
export type PhpQuery = Map<string, QueryValue>;

/** Reads a query string the way the original does, so that every client's spelling of a filter means the same. */
export function parsePhpQuery(search: string): PhpQuery {
  const query: PhpQuery = new Map();
  for (const [name, value] of new URLSearchParams(search)) {
    const [head, ...rest] = path(name);
    if (head !== undefined) put(query, head, rest, value);
  }
  return query;
}

/** The value at a path such as `filter`, `updated_at`, `from`. */
export function valueAt(query: PhpQuery, ...keys: string[]): QueryValue | undefined {
  let value: QueryValue | undefined = query;
  for (const key of keys) value = value instanceof Map ? value.get(key) : undefined;
  return value;
}

export function textAt(query: PhpQuery, ...keys: string[]): string | undefined {
  const value = valueAt(query, ...keys);
  return typeof value === 'string' ? value : undefined;
}

/** A list in any spelling: `x[]=a&x[]=b`, `x[0]=a&x[1]=b`, `x=a,b`, `x=a`; undefined if absent. */
export function listAt(query: PhpQuery, ...keys: string[]): string[] | undefined {
  const value = valueAt(query, ...keys);
  if (value === undefined) return undefined;
  return leaves(value).flatMap((text) => text.split(',')).filter((text) => text !== ''); // prettier-ignore
}

function leaves(value: QueryValue): string[] {
  return typeof value === 'string' ? [value] : [...value.values()].flatMap(leaves);
}

/** `filter[id][0]` → filter, id, 0 */
function path(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0) return [name];
  return [name.slice(0, open), ...[...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')];
}

function put(into: PhpQuery, key: string, rest: string[], value: string): void {
  const own = key === '' ? String(nextIndex(into)) : key;
  const [next, ...further] = rest;
  if (next === undefined) {
    into.set(own, value);
    return;
  }
  const known = into.get(own);
  const nested = known instanceof Map ? known : new Map<string, QueryValue>();
  into.set(own, nested);
  put(nested, next, further, value);
}

/** What `[]` stands for: one more than the greatest number used so far, not the count of the keys. */
function nextIndex(into: PhpQuery): number {
  return Math.max(-1, ...[...into.keys()].filter((key) => /^\d+$/.test(key)).map(Number)) + 1;
}
