import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const port = z.number().int().optional();

const rememberedSchema = z.object({
  /** Tried again at the next start: account hosts and recording links hold them. */
  ports: z
    .object({
      postgres: port,
      temporal: port,
      temporalUi: port,
      amocrm: port,
      telephony: port,
      speechsense: port,
      control: port,
      workerMetrics: port,
      backend: port,
      backendOperations: port,
    })
    .default({}),
  /** The invented account; the same three give the same calls, whenever the sandbox is started. */
  world: z.object({ seed: z.number(), calls: z.number(), anchor: z.string() }).optional(),
});

/** What one start leaves for the next. */
export type Remembered = z.output<typeof rememberedSchema>;

/** A file that is absent or unreadable is as good as a first start. */
export async function readRemembered(file: string): Promise<Remembered> {
  try {
    return rememberedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return { ports: {} };
  }
}

export async function writeRemembered(file: string, remembered: Remembered): Promise<void> {
  await writeFile(`${file}.part`, `${JSON.stringify(remembered, null, 2)}\n`);
  await rename(`${file}.part`, file);
}
