import type { Sentence } from './types.ts';

export interface FieldProblem {
  /** Path within the form: `period.from`, `apiKey`, `mapping.deal.0.speechsense`. */
  field: string;
  message: Sentence;
}

interface ApiErrorParts {
  /** HTTP status; 0 where no answer came. */
  status: number;
  code: string;
  sentence: Sentence | null;
  problems?: FieldProblem[];
  requestId?: string | null;
}

/** What went wrong with a request, in the back end's words where it gave any. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly sentence: Sentence | null;
  readonly problems: FieldProblem[];
  readonly requestId: string | null;

  constructor(parts: ApiErrorParts) {
    super(parts.code);
    this.status = parts.status;
    this.code = parts.code;
    this.sentence = parts.sentence;
    this.problems = parts.problems ?? [];
    this.requestId = parts.requestId ?? null;
  }

  /** Whether it stays open if the request was carried out: the same Idempotency-Key must be used for the next try. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }

  /** Whether the very same request may do better at another time: without an answer, a valid token or a free turn. */
  get isPassing(): boolean {
    return this.isOutcomeUnknown || this.status === 401 || this.status === 429;
  }
}

/** Any failure of `SendRequest` as an ApiError: a jqXHR, an exception, or whatever else came. */
export function toApiError(failure: unknown): ApiError {
  if (failure instanceof ApiError) return failure;
  const status = numberOf(property(failure, 'status'));
  const error = property(answerOf(failure), 'error');
  const code = property(error, 'code');
  if (typeof code !== 'string') {
    return new ApiError({ status, code: status === 0 ? 'unreachable' : `http_${status}`, sentence: null });
  }
  const requestId = property(error, 'requestId');
  return new ApiError({
    status,
    code,
    sentence: sentenceOf(property(error, 'message')),
    problems: problemsOf(error),
    requestId: typeof requestId === 'string' ? requestId : null,
  });
}

function problemsOf(error: unknown): FieldProblem[] {
  const listed = property(error, 'problems');
  const problems = (Array.isArray(listed) ? listed : [error]).flatMap((problem: unknown) => {
    const field = property(problem, 'field');
    const message = sentenceOf(property(problem, 'message'));
    return typeof field === 'string' && message ? [{ field: formField(field), message }] : [];
  });
  return problems;
}

/** The form knows its fields without the part of the body they are sent in. */
function formField(path: string): string {
  return path.replace(/^(settings|connection)\./, '');
}

function answerOf(failure: unknown): unknown {
  const parsed = property(failure, 'responseJSON');
  if (parsed !== undefined) return parsed;
  const text = property(failure, 'responseText');
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sentenceOf(value: unknown): Sentence | null {
  const ru = property(value, 'ru');
  const en = property(value, 'en');
  return typeof ru === 'string' && typeof en === 'string' ? { ru, en } : null;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
