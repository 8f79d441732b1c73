import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

export interface RecordedHistory {
  workflowId: string;
  history: unknown;
}

/** Every run of the workflows whose id begins so, as Temporal keeps them, oldest first. */
export async function historiesOf(temporal: Client, idPrefix: string): Promise<RecordedHistory[]> {
  const recorded: (RecordedHistory & { startedAt: number })[] = [];
  for await (const { workflowId, runId, startTime } of temporal.workflow.list({
    query: `WorkflowId STARTS_WITH '${idPrefix}'`,
  })) {
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    recorded.push({
      workflowId,
      history: JSON.parse(historyToJSON(history)) as unknown,
      startedAt: startTime.getTime(),
    });
  }
  return recorded.sort((a, b) => a.startedAt - b.startedAt).map(({ workflowId, history }) => ({ workflowId, history }));
}
