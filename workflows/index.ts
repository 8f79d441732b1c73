export { exportCalls } from './export-calls.ts';
export { keepTokens } from './keep-tokens.ts';
export { transferBatch } from './transfer-batch.ts';
