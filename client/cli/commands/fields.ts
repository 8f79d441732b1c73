import { type Command, Option } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { MAPPING_BLOCKS } from '../../../settings/mapping.ts';
import { connectionKeys } from '../../connection-keys.ts';
import { fieldCatalogue } from '../../field-catalogue.ts';
import { addCommand, type CommandContext, type Runner } from '../command.ts';
import { table } from '../table.ts';

export function addFieldsCommand(program: Command, runner: Runner): void {
  addCommand<{ connectionKeys?: boolean }>(program, runner, {
    name: 'fields',
    summary: 'list the amoCRM fields that a mapping can name',
    account: true,
    options: [
      new Option(
        '--connection-keys',
        'instead: the keys to create in the SpeechSense connection, by the stored mapping',
      ),
    ],
    examples: ['fields', 'fields --json', 'fields --connection-keys'],
    async run(context, flags) {
      await (flags.connectionKeys === true ? printConnectionKeys(context) : printFields(context));
      return EXIT.done;
    },
  });
}

async function printFields({ services, output, account }: CommandContext): Promise<void> {
  const catalogue = await fieldCatalogue(services.access, await account());
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

/** The keys that have to be created come first; what every connection has from the start is said to be there. */
async function printConnectionKeys({ services, output, account }: CommandContext): Promise<void> {
  const { settings } = await services.ledger.settings.read((await account()).accountId);
  const keys = connectionKeys(settings.mapping)
    .map((key) => ({ ...key, title: key.title[output.language] }))
    .toSorted((one, other) => Number(one.isBuiltIn) - Number(other.isBuiltIn));
  const create = output.text({ en: 'create', ru: 'создать' });
  const builtIn = output.text({ en: 'is there', ru: 'уже есть' });
  output.result({ keys }, () =>
    table(keys.map(({ key, type, title, isBuiltIn }) => [key, type, isBuiltIn ? builtIn : create, title])),
  );
}

/** An example is for a look, not for the whole of a long comment. */
function shortened(example: string): string {
  const line = example.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
