// `npm run advisories`: are there published security advisories about the packages that the lockfile pins?
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT } from '../errors/exit-codes.ts';
import type { Finding } from './advisories/advisory.ts';
import { askRegistry } from './advisories/ask-registry.ts';
import { findKept, readKeptList } from './advisories/kept-list.ts';
import { readLockedPackages } from './advisories/locked-packages.ts';

const HELP = `Usage: npm run advisories -- [--kept] [--json]

Compares the packages that package-lock.json pins with published security advisories. The registry is asked first, by
npm audit. Where it does not answer, the list in scripts/advisories/known.json is used: it is kept by hand, knows only
advisories up to its day about packages that are used here, and so proves less.

  --kept  use the kept list without asking the registry
  --json  print JSON

Exit codes: 0 no advisory is known · 2 usage · 3 there are advisories`;

const DAY_MS = 86_400_000;
// The list of this project; the lockfile of the folder that it is run in.
const LIST = path.join(import.meta.dirname, 'advisories', 'known.json');

const { kept, json } = readArguments();
const packages = readLockedPackages('package-lock.json');
const answer = kept ? undefined : askRegistry('.', packages);
const result = answer?.answered === true ? { source: 'registry' as const, findings: answer.findings } : fromList();
if (json) console.log(JSON.stringify(result));
else for (const line of lines(result)) console.log(line);
process.exitCode = result.findings.length === 0 ? EXIT.done : EXIT.finishedWithFailures;

function fromList() {
  const list = readKeptList(LIST);
  return {
    source: 'kept list' as const,
    ...(answer?.answered === false ? { registry: answer.why } : {}),
    knownUntil: list.knownUntil,
    daysOld: Math.floor((Date.now() - Date.parse(list.knownUntil)) / DAY_MS),
    listed: list.advisories.length,
    findings: findKept(list, packages),
  };
}

function lines(result: { findings: Finding[] } & ({ source: 'registry' } | ReturnType<typeof fromList>)): string[] {
  return [
    ...result.findings.map(
      ({ id, package: name, versions, vulnerable, severity, title, shipped }) =>
        `${severity}  ${name} ${versions.join(', ')} (${vulnerable})  ${id}: ${title}${shipped ? '' : '  [development only]'}`,
    ),
    ...(result.source === 'registry' ? ['The registry answered.'] : sourceLines(result)),
    `${packages.length} locked packages, ${result.findings.length} advisories about them.`,
  ];
}

function sourceLines({ registry, knownUntil, daysOld, listed }: ReturnType<typeof fromList>): string[] {
  return [
    registry === undefined ? 'The registry was not asked.' : `The registry did not answer: ${registry}.`,
    `The kept list was used: ${listed} advisories known up to ${knownUntil}, ${daysOld} days ago. Newer ones are not in it.`,
  ];
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { kept: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      console.log(HELP);
      process.exit(EXIT.done);
    }
    return { kept: values.kept === true, json: values.json === true };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(EXIT.usage);
  }
}
