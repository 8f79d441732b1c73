// What recorders make of a file: changes to a well-formed one.

const SOUND_HEADER_BYTES = 8;

/** A WAV whose recorder could not go back to fill its sizes in. */
export function unsized(wav: Buffer): Buffer {
  const changed = Buffer.from(wav);
  changed.writeUInt32LE(0, 4);
  changed.writeUInt32LE(0, soundOf(wav) - 4);
  return changed;
}

/** What is left of a recording when the last fifth was not written any more. */
export function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length * 0.8));
}

/** A WAV of 16 bits with nothing in it but its header. */
export function emptied(wav: Buffer): Buffer {
  const changed = Buffer.from(wav.subarray(0, soundOf(wav)));
  changed.writeUInt32LE(changed.length - 8, 4);
  changed.writeUInt32LE(0, changed.length - 4);
  return changed;
}

/** A WAV of 16 bits as big-endian machines write it: RIFX, with its description and its sound only. */
export function bigEndian(wav: Buffer): Buffer {
  const format = wav.subarray(wav.indexOf('fmt ') + 8);
  const sound = Buffer.from(wav.subarray(soundOf(wav))).swap16();
  const header = Buffer.alloc(44);
  header.write('RIFX');
  header.writeUInt32BE(36 + sound.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32BE(16, 16);
  for (const at of [0, 2, 12, 14]) header.writeUInt16BE(format.readUInt16LE(at), 20 + at);
  for (const at of [4, 8]) header.writeUInt32BE(format.readUInt32LE(at), 20 + at);
  header.write('data', 36);
  header.writeUInt32BE(sound.length, 40);
  return Buffer.concat([header, sound]);
}

/** The first two pages of an Ogg: its headers, and no sound. */
export function headersOnly(ogg: Buffer): Buffer {
  const second = ogg.indexOf('OggS', 1);
  return ogg.subarray(0, ogg.indexOf('OggS', second + 1));
}

/** QuickTime as it was written before files had types. */
export function untyped(mov: Buffer): Buffer {
  const changed = Buffer.from(mov);
  changed.write('wide', 4);
  return changed;
}

/** A script that printed a line feed behind the recording. */
export function withNewline(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.from('\n')]);
}

function soundOf(wav: Buffer): number {
  return wav.indexOf('data') + SOUND_HEADER_BYTES;
}
