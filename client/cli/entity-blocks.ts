import type { ExportSettings } from '../../settings/export-settings.ts';
import type { Output } from './output.ts';

/** Entity blocks are part of the file's form, but no export reads entities' fields yet: that must not stay unsaid. */
export function warnOfEntityBlocks(output: Output, { mapping }: ExportSettings): void {
  const blocks = (['deal', 'contact', 'company'] as const).filter((block) => mapping[block].length > 0);
  if (blocks.length === 0) return;
  output.remark({
    en: `Not sent yet: fields mapped in ${blocks.join(', ')}; this version sends the fields of the call block only.`,
    ru: `Пока не передаются: поля из ${blocks.join(', ')}; эта версия передаёт только поля блока call.`,
  });
}
