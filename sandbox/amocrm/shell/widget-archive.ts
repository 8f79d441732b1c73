import { unzipSync } from 'fflate';
import { z } from 'zod';

/** The parts of a manifest that the shell draws or obeys. */
const manifestSchema = z.looseObject({
  widget: z.looseObject({
    name: z.string(),
    description: z.string(),
    short_description: z.string(),
    version: z.string(),
    locale: z.array(z.enum(['ru', 'en'])),
    installation: z.literal(true),
  }),
  locations: z.array(z.string()),
  settings: z.record(
    z.string(),
    z.looseObject({
      name: z.string(),
      type: z.enum(['text', 'pass', 'users', 'users_lp', 'custom']),
      required: z.boolean(),
    }),
  ),
  advanced: z.looseObject({ title: z.string() }).optional(),
});

type WidgetManifest = z.output<typeof manifestSchema>;

export interface WidgetArchive {
  manifest: WidgetManifest;
  /** i18n files by locale. */
  texts: Record<string, unknown>;
  /** Name in the archive → content. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** amoCRM refuses an upload in words of its own; these are ours. */
export class UnusableArchiveError extends Error {
  override readonly name = 'UnusableArchiveError';
}

/** Reads an uploaded widget.zip. @throws UnusableArchiveError */
export function readWidgetArchive(zip: Uint8Array): WidgetArchive {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(zip);
  } catch {
    throw new UnusableArchiveError('This is not a zip archive.');
  }
  const files = new Map(Object.entries(entries));
  const parsed = manifestSchema.safeParse(json(files, 'manifest.json'));
  if (!parsed.success) throw new UnusableArchiveError(`manifest.json: ${z.prettifyError(parsed.error)}`);
  if (!files.has('script.js')) throw new UnusableArchiveError('script.js is missing.');
  const { locale } = parsed.data.widget;
  const texts = Object.fromEntries(locale.map((name) => [name, json(files, `i18n/${name}.json`)]));
  return { manifest: parsed.data, texts, files };
}

function json(files: ReadonlyMap<string, Uint8Array>, name: string): unknown {
  const content = files.get(name);
  if (content === undefined) throw new UnusableArchiveError(`${name} is missing: it must lie at the archive's root.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    throw new UnusableArchiveError(`${name} is not JSON in UTF-8.`);
  }
}
