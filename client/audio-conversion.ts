import { checkConverter } from '../recordings/ffmpeg/ffmpeg-version.ts';

/** Whether recordings that SpeechSense does not take can be converted here, which is as well as at a worker of the same image. */
export async function canConvert(ffmpeg: string): Promise<boolean> {
  return (await checkConverter(ffmpeg)).ok;
}
