import type { ServerResponse } from 'node:http';
import path from 'node:path';

export interface ShellAnswer {
  status: number;
  contentType: string;
  body: string | Uint8Array;
}

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A file of a page, by the ending of its name. */
export function file(name: string, body: string | Uint8Array): ShellAnswer {
  return { status: 200, contentType: CONTENT_TYPES[path.extname(name)] ?? 'application/octet-stream', body };
}

export function json(body: unknown, status = 200): ShellAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

export function refused(status: number, error: string): ShellAnswer {
  return json({ error }, status);
}

export function notFound(): ShellAnswer {
  return refused(404, 'not found');
}

/** Never cached: the next upload may have the same version. */
export function sendShellAnswer(response: ServerResponse, { status, contentType, body }: ShellAnswer): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}
