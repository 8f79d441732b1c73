import type { PhpQuery } from '../http-app.ts';

type QueryValue = PhpQuery[string];

export interface TimeRange {
  from?: number;
  to?: number;
}

/** The value at a path such as `filter`, `updated_at`, `from`. */
function valueAt(query: PhpQuery, ...keys: string[]): QueryValue {
  return keys.reduce<QueryValue>((value, key) => (isNested(value) ? value[key] : undefined), query);
}

export function textAt(query: PhpQuery, ...keys: string[]): string | undefined {
  const value = valueAt(query, ...keys);
  return typeof value === 'string' ? value : undefined;
}

/** A list in any spelling: `x[]=a&x[]=b`, `x[0]=a&x[1]=b`, `x=a,b`, `x=a`; undefined if absent. */
function listAt(query: PhpQuery, ...keys: string[]): string[] | undefined {
  const value = valueAt(query, ...keys);
  if (value === undefined) return undefined;
  return leaves(value).flatMap((text) => text.split(',')).filter((text) => text !== ''); // prettier-ignore
}

function leaves(value: QueryValue): string[] {
  if (typeof value === 'string') return [value];
  return Object.values(value ?? {}).flatMap(leaves);
}

function isNested(value: QueryValue): value is PhpQuery {
  return typeof value === 'object' && !Array.isArray(value);
}

export function numbersAt(query: PhpQuery, ...keys: string[]): Set<number> | undefined {
  const list = listAt(query, ...keys);
  return list === undefined ? undefined : new Set(list.map(Number).filter((number) => Number.isFinite(number)));
}

export function stringsAt(query: PhpQuery, ...keys: string[]): Set<string> | undefined {
  const list = listAt(query, ...keys);
  return list === undefined ? undefined : new Set(list);
}

/** `x=1700000000` (since), `x=1,2` (the old form) or `x[from]=…&x[to]=…`. */
export function timeRangeAt(query: PhpQuery, ...keys: string[]): TimeRange {
  const value = valueAt(query, ...keys);
  if (typeof value === 'string') {
    const [from, to] = value.split(',');
    return range(from, to);
  }
  return range(textAt(query, ...keys, 'from'), textAt(query, ...keys, 'to'));
}

export function within({ from, to }: TimeRange, time: number): boolean {
  return (from === undefined || time >= from) && (to === undefined || time <= to);
}

export interface OrderAsked<Key extends string> {
  by: Key;
  descending: boolean;
}

/** The first of `keys` that `order[…]` names; a second key only breaks ties and may be left out. */
export function orderAt<Key extends string>(query: PhpQuery, keys: readonly Key[]): OrderAsked<Key> | undefined {
  const order = valueAt(query, 'order');
  if (!isNested(order)) return undefined;
  for (const [name, direction] of Object.entries(order)) {
    const by = keys.find((key) => key === name);
    if (by !== undefined) return { by, descending: direction === 'desc' };
  }
  return undefined;
}

function range(from: string | undefined, to: string | undefined): TimeRange {
  return { ...bound('from', from), ...bound('to', to) };
}

function bound(name: 'from' | 'to', text: string | undefined): TimeRange {
  const number = Number(text);
  return text === undefined || text === '' || !Number.isFinite(number) ? {} : { [name]: number };
}
