import { createHash } from 'node:crypto';
import type { Sentence } from '../../errors/codes.ts';

/** The window was opened by the settings page, which asks for the account's state by itself: it has only to go. */
const CLOSE = 'setTimeout(function () { window.close(); }, 3000);';

/** The only script that may run on the page, by its hash. */
export const CONSENT_PAGE_POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${createHash('sha256').update(CLOSE).digest('base64')}'`,
  "style-src 'unsafe-inline'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What a person sees after amoCRM's consent page, in a window of its own. */
export function consentPage({ ru, en }: Sentence, isDone: boolean): string {
  return `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>SpeechSense</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1em">
<p id="outcome" data-done="${isDone}">${escaped(ru)}</p>
<p lang="en" style="color: #666">${escaped(en)}</p>
${isDone ? `<script>${CLOSE}</script>\n` : ''}</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
