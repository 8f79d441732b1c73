/** What the server sends; `undefined` body means none at all. */
export interface Answer {
  status: number;
  contentType?: string;
  body?: string;
  headers?: Record<string, string>;
  /** The body leaves in pieces of so many bytes with so much real time between them. */
  drip?: { bytes: number; everyMs: number };
}

/** An entity or a list, with its links. */
export function hal(body: unknown): Answer {
  return { status: 200, contentType: 'application/hal+json', body: JSON.stringify(body) };
}

/** Nothing found: the API has no empty lists and no 404 for a missing id (its code 2002). */
export const EMPTY: Answer = { status: 204 };

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  414: 'Request-URI Too Large',
  422: 'Unprocessable Entity',
  425: 'Too Early',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
};

/** An error of the API itself. */
export function problem(status: number, detail: string, more: Record<string, unknown> = {}): Answer {
  return {
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ title: titleOf(status), type: `https://httpstatus.es/${status}`, status, detail, ...more }),
  };
}

/** A body that the API does not take: which item, and where in it. */
export function invalid(requestId: string, path: string, detail: string): Answer {
  return problem(400, 'Request validation failed', {
    'validation-errors': [{ request_id: requestId, errors: [{ code: 'FieldMissing', path, detail }] }],
  });
}

export function unauthorized(): Answer {
  return problem(401, 'Неверный логин или пароль');
}

/** An error of the nginx before the API: not JSON, no request id. */
export function nginxPage(status: number, headers: Record<string, string> = {}): Answer {
  const title = `${status} ${titleOf(status)}`;
  const lines = ['<html>', `<head><title>${title}</title></head>`, '<body>', `<center><h1>${title}</h1></center>`];
  const body = [...lines, '<hr><center>nginx</center>', '</body>', '</html>', ''].join('\r\n');
  return { status, contentType: 'text/html', body, headers };
}

function titleOf(status: number): string {
  return TITLES[status] ?? 'Error';
}
