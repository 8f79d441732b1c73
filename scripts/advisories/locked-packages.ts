import { readFileSync } from 'node:fs';
import { z } from 'zod';

const lockfileSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ name: z.string().optional(), version: z.string().optional(), dev: z.boolean().optional() }),
  ),
});

export interface LockedPackage {
  name: string;
  version: string;
  /** Whether the product ships it; else only the development uses it. */
  shipped: boolean;
}

/** Every package of a lockfile, one entry a place: a name may be there in several versions. */
export function readLockedPackages(file: string): LockedPackage[] {
  const { packages } = lockfileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return Object.entries(packages).flatMap(([place, { name, version, dev = false }]) =>
    place === '' || version === undefined
      ? []
      : [
          {
            name: name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
            version,
            shipped: !dev,
          },
        ],
  );
}
