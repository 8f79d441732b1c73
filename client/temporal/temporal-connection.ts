import { Client, Connection } from '@temporalio/client';
import { readTemporalAddress } from '../../environment/temporal-address.ts';
import { ExportError } from '../../errors/export-error.ts';

/** A person waits for the answer; a server that runs gives it in milliseconds. */
const CONNECT_WITHIN_MS = 4_000;

export interface TemporalConnection {
  client: Client;
  connection: Connection;
  namespace: string;
}

/**
 * Connects to Temporal as the environment says (Temporal's own variables). The caller closes the connection.
 *
 * @throws {ExportError} `temporal_unreachable`
 */
export async function connectTemporal(variables: Record<string, string | undefined>): Promise<TemporalConnection> {
  const { connectionOptions, namespace = 'default' } = readTemporalAddress(variables);
  const address = connectionOptions.address ?? 'localhost:7233';
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: CONNECT_WITHIN_MS });
    return { client: new Client({ connection, namespace }), connection, namespace };
  } catch (cause) {
    throw new ExportError('temporal_unreachable', { cause, values: { address } });
  }
}

/** Whether Temporal answers and has our namespace. @throws whatever it answers instead. */
export async function answers({ connection, namespace }: TemporalConnection, withinMs: number): Promise<void> {
  await connection.withDeadline(Date.now() + withinMs, () =>
    connection.workflowService.describeNamespace({ namespace }),
  );
}
