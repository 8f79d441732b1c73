const HEADER_BYTES = 27;
const MAX_SEGMENT = 255;

/** A page of an Ogg stream (RFC 3533 §6) that holds whole packets. */
export interface OggPage {
  /** 0 in the middle, 2 at the beginning of the stream, 4 at its end. */
  flags: 0 | 2 | 4;
  granulePosition: number;
  sequence: number;
  packets: Buffer[];
}

/** Bytes that a packet takes in a page, its share of the segment table included. */
export function packetCost(packetBytes: number): number {
  return packetBytes + Math.floor(packetBytes / MAX_SEGMENT) + 1;
}

/** Size of a page whose packets cost so many bytes. */
export function pageBytes(packetCosts: number): number {
  return HEADER_BYTES + packetCosts;
}

/**
 * Writes a page. The serial number is the same for all streams, so that two files share the pages that hold the same.
 * @throws RangeError for more packets than a page's table of 255 segments takes
 */
export function encodePage(page: OggPage): Buffer {
  const segments = page.packets.flatMap((packet) => [
    ...Array.from({ length: Math.floor(packet.length / MAX_SEGMENT) }, () => MAX_SEGMENT),
    packet.length % MAX_SEGMENT,
  ]);
  if (segments.length > MAX_SEGMENT) throw new RangeError('Too many packets for one Ogg page');
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('OggS');
  header.writeUInt8(page.flags, 5);
  header.writeBigInt64LE(BigInt(page.granulePosition), 6);
  header.writeUInt32LE(1, 14);
  header.writeUInt32LE(page.sequence, 18);
  header.writeUInt8(segments.length, 26);
  const bytes = Buffer.concat([header, Buffer.from(segments), ...page.packets]);
  bytes.writeUInt32LE(checksum(bytes), 22);
  return bytes;
}

/** Ogg's CRC-32: polynomial 0x04c11db7, not reflected, starting from 0; one entry for each byte. */
const CHECKSUM_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

function checksum(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ (CHECKSUM_TABLE[(crc >>> 24) ^ byte] ?? 0);
  return crc >>> 0;
}
