import { z } from 'zod';
import { type Answer, invalid, problem } from './answers.ts';
import type { ApiRequest } from './request.ts';

/** More items than this in one request are refused. */
const MAX_ITEMS = 250;

type Body<T> = { items: T[] } | { refused: Answer };

/** The items of a writing request, which always come as an array. */
export function readItems<T>(request: ApiRequest, schema: z.ZodType<T>): Body<T> {
  const body = parseJson(request.body);
  if (!Array.isArray(body) || body.length === 0) return { refused: problem(400, 'Ожидается непустой массив') };
  if (body.length > MAX_ITEMS) return { refused: problem(400, `Не больше ${MAX_ITEMS} элементов в запросе`) };
  const items: T[] = [];
  for (const [at, item] of body.entries()) {
    const parsed = schema.safeParse(item);
    if (!parsed.success) return { refused: refusal(requestId(item, at), parsed.error) };
    items.push(parsed.data);
  }
  return { items };
}

/** The body of a request that is about one thing. */
export function readItem<T>(request: ApiRequest, schema: z.ZodType<T>): { item: T } | { refused: Answer } {
  const parsed = schema.safeParse(parseJson(request.body));
  return parsed.success ? { item: parsed.data } : { refused: refusal('0', parsed.error) };
}

/** As the client numbered the item, else its place in the request. */
export function requestId(item: unknown, at: number): string {
  return z.object({ request_id: z.string() }).safeParse(item).data?.request_id ?? String(at);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refusal(id: string, error: z.ZodError): Answer {
  const [issue] = error.issues;
  return invalid(id, issue?.path.join('.') ?? '', issue?.message ?? 'Invalid value');
}
