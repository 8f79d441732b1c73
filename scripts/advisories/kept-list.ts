import { readFileSync } from 'node:fs';
import { satisfies, validRange } from 'semver';
import { z } from 'zod';
import type { Finding } from './advisory.ts';
import type { LockedPackage } from './locked-packages.ts';

/** `[id, package, vulnerable versions, severity, title]`, one line each, so that a change is one line. */
const entrySchema = z.tuple([
  z.string().regex(/^GHSA(-[23456789cfghjmpqrvwx]{4}){3}$/),
  z.string().min(1),
  z.string().refine((range) => validRange(range) !== null, 'is no range of versions'),
  z.enum(['low', 'moderate', 'high', 'critical']),
  z.string().min(1),
]);

const listSchema = z.strictObject({
  /** The newest advisory that whoever keeps the list has looked at. */
  knownUntil: z.iso.date(),
  advisories: z.array(entrySchema),
});

export type KeptList = z.output<typeof listSchema>;

export function readKeptList(file: string): KeptList {
  return listSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export function findKept(list: KeptList, packages: readonly LockedPackage[]): Finding[] {
  return list.advisories.flatMap(([id, name, vulnerable, severity, title]) => {
    const hit = packages.filter(
      (locked) => locked.name === name && satisfies(locked.version, vulnerable, { includePrerelease: true }),
    );
    if (hit.length === 0) return [];
    const versions = [...new Set(hit.map(({ version }) => version))];
    return [{ id, package: name, versions, vulnerable, severity, title, shipped: hit.some(({ shipped }) => shipped) }];
  });
}
