import { type Command, Option } from 'commander';
import { REPORT_FORMATS } from '../../client/reports/report-format.ts';
import { addCommand, type Runner } from '../command.ts';
import type { ReportFlags } from '../actions/report.ts';

const STATES = ['skipped', 'planned', 'uploading', 'committing', 'exported', 'failed', 'waiting', 'unconfirmed'];

export function addReportCommand(program: Command, runner: Runner): void {
  addCommand<ReportFlags>(program, runner, {
    name: 'report',
    summary: 'print all calls of an export, skipped ones too, each with its state and reason',
    account: true,
    options: [
      new Option('--export <id>', 'another one than the last'),
      new Option('--format <format>', 'by the ending of --out, else csv').choices([...REPORT_FORMATS]),
      new Option('--excel', 'csv for a double click in Excel: with a byte order mark and semicolons'),
      new Option('--out <file>', 'write to a file; - is standard output'),
      new Option('--state <state>', 'only calls in this state').choices(STATES),
    ],
    examples: [
      'report --out report.xlsx',
      'report --excel --lang ru --out report.csv',
      'report --export 0b6c6a5e-… --state failed',
      'report --format json | jq length',
    ],
    run: async (context, flags) => (await import('../actions/report.ts')).writeReport(context, flags),
  });
}
