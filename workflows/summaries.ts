import type { ExportProgress } from './messages.ts';

/** Talk length as people write it: `4:05`. */
export function talkLength(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What the Web UI shows of a running export (markdown). */
export function currentDetails({ state, blockedBy, batches }: ExportProgress, calls: number | undefined): string {
  return [
    `**${state}**${blockedBy === null ? '' : ` by \`${blockedBy}\`: renew what it names, then send \`resumeExport\``}`,
    '',
    ...(calls === undefined ? [] : [`calls listed: ${calls}`]),
    ...(batches.planned > 0 ? [`batches done: ${batches.done} of ${batches.planned}`] : []),
  ].join('\n');
}
