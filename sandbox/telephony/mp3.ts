import { fileOf, type PlainRecording, type RecordingFile, tile } from './recording.ts';

/** The fixture is MPEG-2.5 Layer III, 32 kbit/s at 8 kHz, stereo: 576 samples in 288 bytes, never padded. */
const FRAME_BYTES = 288;
const FRAME_SECONDS = 0.072;
const TAG_HEADER_BYTES = 10;

/**
 * A maker of MP3 recordings out of a loop of frames that borrow no bits from each other.
 * The recording's id is in an ID3 tag, which also fills up to an exact size.
 */
export function mp3Maker(loop: Buffer): (recording: PlainRecording) => RecordingFile {
  const frames = tile(loop);
  return ({ worldId, talkSeconds, sizeBytes }) => {
    const title = titleFrame(worldId);
    const leastTagBytes = TAG_HEADER_BYTES + title.length;
    const frameCount =
      sizeBytes === undefined
        ? Math.max(1, Math.round(talkSeconds / FRAME_SECONDS))
        : Math.floor((sizeBytes - leastTagBytes) / FRAME_BYTES);
    if (frameCount < 1) throw new RangeError(`An MP3 recording has at least ${leastTagBytes + FRAME_BYTES} bytes`);
    const audioBytes = frameCount * FRAME_BYTES;
    const tag = id3Tag(title, sizeBytes === undefined ? leastTagBytes : sizeBytes - audioBytes);
    return fileOf('audio/mpeg', [tag, { loop: frames, sizeBytes: audioBytes }]);
  };
}

/** ID3v2.4 TIT2 in UTF-8. */
function titleFrame(worldId: string): Buffer {
  const text = Buffer.from(`Call ${worldId}`);
  return Buffer.concat([Buffer.from('TIT2'), syncsafe(text.length + 1), Buffer.from([0, 0, 3]), text]);
}

function id3Tag(title: Buffer, tagBytes: number): Buffer {
  const tag = Buffer.alloc(tagBytes);
  tag.write('ID3');
  tag.writeUInt8(4, 3);
  syncsafe(tagBytes - TAG_HEADER_BYTES).copy(tag, 6);
  title.copy(tag, TAG_HEADER_BYTES);
  return tag;
}

/** 28 bits in four bytes, so that no length looks like the start of a frame. */
function syncsafe(value: number): Buffer {
  return Buffer.from([(value >>> 21) & 0x7f, (value >>> 14) & 0x7f, (value >>> 7) & 0x7f, value & 0x7f]);
}
