export { exportCalls } from './export-calls.ts';
export { transferBatch } from './transfer-batch.ts';
