import type { Command } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { CALL_FIELDS } from '../../../settings/call-fields.ts';
import { addCommand, type Runner } from '../command.ts';
import { table } from '../table.ts';

export function addFieldsCommand(program: Command, runner: Runner): void {
  addCommand(program, runner, {
    name: 'fields',
    summary: 'list the amoCRM fields that a mapping can name',
    account: true,
    examples: ['fields', 'fields --json'],
    run({ output }) {
      const call = CALL_FIELDS.map((field) => ({ ...field, title: field.title[output.language] }));
      output.result({ deal: [], contact: [], company: [], call }, () =>
        table([
          ['mapping.call'],
          ...call.map(({ key, type, title, suggestedKey }) => [`  ${key}`, type, `→ ${suggestedKey}`, title]),
        ]),
      );
      return Promise.resolve(EXIT.done);
    },
  });
}
