import { spawnSync } from 'node:child_process';
import { satisfies } from 'semver';
import { z } from 'zod';
import type { Finding } from './advisory.ts';
import type { LockedPackage } from './locked-packages.ts';

const WITHIN_MS = 60_000;

/** What `npm audit --json` prints where the registry answered. A `via` that is a name points to another entry. */
const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(
        z.union([
          z.string(),
          z.object({ name: z.string(), title: z.string(), url: z.string(), severity: z.string(), range: z.string() }),
        ]),
      ),
    }),
  ),
});
const refusalSchema = z.object({ message: z.string() });

export type RegistryAnswer = { answered: true; findings: Finding[] } | { answered: false; why: string };

/** Asks the registry that npm uses here about the packages of the lockfile in the folder. */
export function askRegistry(folder: string, packages: readonly LockedPackage[]): RegistryAnswer {
  const { stdout, error } = spawnSync('npm', ['audit', '--json', '--package-lock-only', '--fetch-retries=1'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: WITHIN_MS,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error) return { answered: false, why: `npm audit did not end well (${error.message})` };
  const answer = parseJson(stdout);
  const report = reportSchema.safeParse(answer);
  if (report.success) return { answered: true, findings: findingsOf(report.data, packages) };
  const refusal = refusalSchema.safeParse(answer);
  // The sentence names the registry's address, which says nothing to who reads it.
  const why = refusal.success ? refusal.data.message.split(' - ')[0] : undefined;
  return { answered: false, why: why ?? 'npm audit printed something else than a report' };
}

function findingsOf(report: z.output<typeof reportSchema>, packages: readonly LockedPackage[]): Finding[] {
  const advisories = new Map<string, Finding>();
  for (const cause of Object.values(report.vulnerabilities).flatMap(({ via }) => via)) {
    if (typeof cause === 'string') continue;
    const id = cause.url.split('/').at(-1) ?? cause.url;
    const hit = packages.filter(
      ({ name, version }) => name === cause.name && satisfies(version, cause.range, { includePrerelease: true }),
    );
    advisories.set(`${id} ${cause.name}`, {
      id,
      package: cause.name,
      versions: [...new Set(hit.map(({ version }) => version))],
      vulnerable: cause.range,
      severity: cause.severity,
      title: cause.title,
      shipped: hit.some(({ shipped }) => shipped),
    });
  }
  return [...advisories.values()];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
