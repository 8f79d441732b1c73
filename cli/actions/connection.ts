import { EXIT } from '../../errors/exit-codes.ts';
import { exitCodeOf } from '../../errors/outcome.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { Sentence } from '../../errors/codes.ts';
import { checkConverter, type ConverterCheck } from '../../recordings/ffmpeg/ffmpeg-version.ts';
import {
  CALL_ID_ADVICE,
  checkConnection,
  CONNECTION_UNCERTAIN,
  CONNECTION_WORKS,
  setConnection,
} from '../../client/connections/connection-admin.ts';
import { readSecret } from '../terminal/read-secret.ts';
import type { CommandContext } from '../command.ts';

export async function chooseConnection(
  { services, output, stdin, account }: CommandContext,
  { connectionId, language, apiKeyStdin }: { connectionId: string; language: string; apiKeyStdin?: boolean },
): Promise<number> {
  const { accountId } = await account();
  if (apiKeyStdin !== true) {
    const problem = 'connection set needs the API key of the service account: give it with --api-key-stdin';
    throw new ExportError('usage', { values: { problem }, field: 'apiKey' });
  }
  const apiKey = await readSecret(stdin, output.text({ en: 'API key', ru: 'API-ключ' }));
  const set = await setConnection(await services.access(), accountId, { connectionId, language, apiKey });
  output.result(set, () => [
    output.text({
      en: `Calls of account ${accountId} go to connection ${set.connectionId} (${set.language}).`,
      ru: `Звонки аккаунта ${accountId} пойдут в подключение ${set.connectionId} (${set.language}).`,
    }),
    ...(set.probe === 'seen' ? [] : [output.text(CONNECTION_UNCERTAIN)]),
  ]);
  return EXIT.done;
}

export async function tryConnection({ services, output, account }: CommandContext): Promise<number> {
  const { accountId } = await account();
  const { error, probe, keepsCallId } = await checkConnection(await services.access(), accountId);
  const message =
    error?.sentence(output.language) ?? output.text(probe === 'seen' ? CONNECTION_WORKS : CONNECTION_UNCERTAIN);
  const requestId = error?.requestId ?? null;
  const converter = await checkConverter(services.environment.FFMPEG_PATH);
  const checked = {
    ok: error === undefined,
    code: error?.code ?? null,
    message,
    requestId,
    keepsCallId,
    converter,
  };
  output.result(checked, () => [
    message,
    ...(requestId === null ? [] : [`request id: ${requestId}`]),
    ...(keepsCallId === false ? [output.text(CALL_ID_ADVICE)] : []),
    output.text(converterSentence(converter)),
  ]);
  return error ? exitCodeOf(error) : EXIT.done;
}

/** Of the machine where the command runs, which is the worker's where both come from one image. */
function converterSentence({ ok, version }: ConverterCheck): Sentence {
  if (ok) {
    return {
      en: `ffmpeg ${version ?? ''} is here: recordings in any usual format can be sent.`,
      ru: `ffmpeg ${version ?? ''} на месте: можно отправлять записи любых обычных форматов.`,
    };
  }
  const lacks = version !== null;
  return {
    en: `${lacks ? `ffmpeg ${version} here has no libopus` : 'There is no ffmpeg here'}: recordings other than MP3, WAV (16-bit PCM) and Ogg Opus will fail as audio_unsupported. Install it where the worker runs (apt install ffmpeg), set FFMPEG_PATH, or fetch one into a clone (npm run ffmpeg).`,
    ru: `${lacks ? `В ffmpeg ${version} нет libopus` : 'Здесь нет ffmpeg'}: записи не в MP3, WAV (PCM 16 бит) и Ogg Opus завершатся с причиной audio_unsupported. Установите его там, где работает worker (apt install ffmpeg), задайте FFMPEG_PATH или скачайте его в клон (npm run ffmpeg).`,
  };
}
