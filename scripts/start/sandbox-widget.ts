import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { widgetFiles, zipWidget } from '../widget/archive.ts';

/**
 * Builds the widget for this backend and uploads it into the sandbox, as an engineer does in the integration's form.
 * @param control address of the sandbox's control interface.
 * @returns where the archive is.
 */
export async function uploadWidget(backendUrl: string, dataFolder: string, control: string): Promise<string> {
  const archive = path.join(dataFolder, 'widget.zip');
  const options = { backend: backendUrl, policyUrl: null, supportLink: backendUrl, supportEmail: null };
  await writeFile(archive, zipWidget(await widgetFiles(options)));
  const answer = await fetch(`${control}/amocrm/widget`, { method: 'PUT', body: JSON.stringify({ path: archive }) });
  if (!answer.ok) throw new Error(`the sandbox refuses the widget: ${await answer.text()}`);
  return archive;
}
