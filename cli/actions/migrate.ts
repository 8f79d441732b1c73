import { ensureSearchAttributes, searchAttributesRefused } from '../../environment/temporal-search-attributes.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import { findExportError } from '../../errors/export-error.ts';
import { callTemporal } from '../../client/temporal/temporal-call.ts';
import type { CommandContext } from '../command.ts';

export async function migrateServers({ services, output }: CommandContext): Promise<number> {
  const { migrations, resealed } = await services.ledger.migrate();
  const { connection, namespace } = await services.temporal();
  const searchAttributes = await callTemporal(() => ensureSearchAttributes(connection, namespace)).catch(
    (error: unknown) => {
      // Temporal is away, or has no such namespace: that is another matter.
      if (findExportError(error)) throw error;
      output.warning(searchAttributesRefused(namespace, error));
      return [];
    },
  );
  output.result({ migrations, resealed, searchAttributes }, () => [
    line({ en: 'Postgres migrations', ru: 'Миграции Postgres' }, migrations),
    line({ en: 'Temporal search attributes', ru: 'Поисковые атрибуты Temporal' }, searchAttributes),
    output.text({
      en: `Secrets sealed anew with the current key: ${resealed}`,
      ru: `Секретов перешифровано текущим ключом: ${resealed}`,
    }),
  ]);
  return EXIT.done;

  function line(what: { en: string; ru: string }, done: string[]): string {
    const nothing = output.text({ en: 'nothing to do', ru: 'ничего не требуется' });
    return `${output.text(what)}: ${done.length === 0 ? nothing : done.join(', ')}`;
  }
}
