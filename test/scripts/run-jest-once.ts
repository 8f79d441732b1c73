// Runs jest in the project folder given and prints the outcome: jest's own output would mix with the suite's.
import path from 'node:path';
import { runJest } from '../../scripts/jest-run.ts';

const [projectRoot = '', ...args] = process.argv.slice(2);
const outcome = await runJest({
  projectRoot,
  args,
  resultFile: path.join(projectRoot, 'result.json'),
  env: process.env,
  onStart: () => undefined,
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
