import type { Sentence } from '../../errors/codes.ts';
import { EXIT } from '../../errors/exit-codes.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { MAPPING_BLOCKS } from '../../settings/mapping.ts';
import { connectionKeys } from '../../client/connections/connection-keys.ts';
import { fieldCatalogue } from '../../client/connections/field-catalogue.ts';
import type { CommandContext } from '../command.ts';
import { table } from '../terminal/table.ts';

export async function printFieldsOrKeys(context: CommandContext, flags: { connectionKeys?: boolean }): Promise<number> {
  await (flags.connectionKeys === true ? printConnectionKeys(context) : printFields(context));
  return EXIT.done;
}

async function printFields({ services, output, account }: CommandContext): Promise<void> {
  const catalogue = await fieldCatalogue(await services.access(), await account());
  const blocks = MAPPING_BLOCKS.map((block) => ({
    block,
    fields: catalogue[block].map((field) => ({ ...field, title: field.title[output.language] })),
  }));
  output.result(Object.fromEntries(blocks.map(({ block, fields }) => [block, fields])), () =>
    table(
      blocks.flatMap(({ block, fields }) => [
        [`mapping.${block}`],
        ...fields.map(({ key, type, title, example, suggestedKey }) => [
          `  ${key}`,
          type,
          `→ ${suggestedKey}`,
          title,
          shortened(example ?? ''),
        ]),
      ]),
    ),
  );
}

/** The keys that have to be created come first, those that are there last. */
async function printConnectionKeys({ services, output, account }: CommandContext): Promise<void> {
  const { ledger } = services;
  const { accountId } = await account();
  const { settings } = await ledger.settings.read(accountId);
  const kept = await keptKeys(ledger, accountId);
  const keys = connectionKeys(settings.mapping)
    .map((key) => ({
      ...key,
      title: key.title[output.language],
      // Null while no talk of the connection was read: nobody knows what it has beside the built-in ones.
      isThere: key.isBuiltIn || (kept?.includes(key.key) ?? null),
    }))
    .toSorted((one, other) => Number(one.isThere ?? false) - Number(other.isThere ?? false));
  const words = (isThere: boolean | null) => (isThere === null ? NEEDED : isThere ? IS_THERE : CREATE);
  output.result({ keys }, () =>
    table(keys.map(({ key, type, title, isThere }) => [key, type, output.text(words(isThere)), title])),
  );
}

const CREATE: Sentence = { en: 'create', ru: 'создать' };
const NEEDED: Sentence = { en: 'is needed', ru: 'нужен' };
const IS_THERE: Sentence = { en: 'is there', ru: 'уже есть' };

/** The keys that the exports have seen the account's connection keep. */
async function keptKeys(ledger: Ledger, accountId: number): Promise<string[] | undefined> {
  const connection = await ledger.connections.about(accountId);
  return connection && (await ledger.connectionKeys.read(accountId, connection.connectionId))?.keys;
}

/** An example is for a look, not for the whole of a long comment. */
function shortened(example: string): string {
  const line = example.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
