import { SearchAttributeType, TypedSearchAttributes, defineSearchAttributeKey } from '@temporalio/common';
import { ExportError } from '../errors/export-error.ts';

/** What exports can be found by in Temporal's Web UI. Not encrypted by Temporal: ids and states only. */
export const SEARCH_ATTRIBUTES = {
  account: defineSearchAttributeKey('SpeechSenseAccount', SearchAttributeType.KEYWORD),
  export: defineSearchAttributeKey('SpeechSenseExport', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('ExportStatus', SearchAttributeType.KEYWORD),
} as const;

/** What a connection to Temporal offers for this; the client's and the worker's connections both do. */
interface OperatorConnection {
  operatorService: {
    listSearchAttributes(request: {
      namespace: string;
    }): Promise<{ customAttributes?: Record<string, unknown> | null }>;
    addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
  };
}

/** `temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD` */
const KEYWORD = 2;

/**
 * Registers the search attributes that a server does not have yet.
 *
 * @returns the names that were added now.
 */
export async function ensureSearchAttributes(connection: OperatorConnection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES)
    .map(({ name }) => name)
    .filter((name) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
  } catch (error) {
    // Two processes that start together both find them missing; the second one is told that they exist.
    if (!(error instanceof Error) || !/already exist/i.test(error.message)) throw error;
  }
  return missing;
}

/**
 * What to say where the server refuses that: Temporal Cloud has a command of its own for it.
 * @returns ExportError `search_attributes_refused`
 */
export function searchAttributesRefused(namespace: string, cause: unknown): ExportError {
  const flags = (format: (name: string) => string) => Object.values(SEARCH_ATTRIBUTES).map(({ name }) => format(name));
  const command = [
    `temporal operator search-attribute create --namespace ${namespace}`,
    ...flags((name) => `--name ${name} --type Keyword`),
    `(Temporal Cloud: tcld namespace search-attributes add --namespace ${namespace}`,
    ...flags((name) => `--sa "${name}=Keyword"`),
  ].join(' ');
  return new ExportError('search_attributes_refused', { cause, values: { command: `${command})` } });
}

/** The attributes that an export is started with. */
export function searchAttributesOf(accountId: number, exportId: string): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: SEARCH_ATTRIBUTES.account, value: String(accountId) },
    { key: SEARCH_ATTRIBUTES.export, value: exportId },
    { key: SEARCH_ATTRIBUTES.status, value: 'planning' },
  ]);
}
