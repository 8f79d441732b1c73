import type { ReadableBytes } from './audio-format.ts';
import { ByteWindow } from '../storage/byte-window.ts';

const HEADER_BYTES = 27;
const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;
const CONTINUED = 1;
const FIRST_PAGE = 2;
const LAST_PAGE = 4;
const NO_POSITION = 0xffff_ffff_ffff_ffffn;
/** Opus counts at 48 kHz, whatever its input's rate was (RFC 7845, 4). */
const OPUS_RATE_HZ = 48_000;
const MAX_CHANNELS = 2;

export interface OggOpus {
  /** One stream of Opus from the first byte on, whose positions agree with its packets. */
  isCertain: boolean;
  /** Behind the last whole page. */
  end: number;
  /** What the packets decode to. */
  durationSeconds: number;
  channels: number;
  /** Its last page is not all there. */
  isCut: boolean;
  /** Another stream begins where one ended. */
  isChained: boolean;
}

/** Follows the pages of an Ogg Opus file (RFC 3533, RFC 7845) and counts what its packets hold. */
export async function readOggOpus(bytes: ReadableBytes): Promise<OggOpus | undefined> {
  const window = new ByteWindow(bytes);
  const count = new PacketCount();
  let at = 0;
  let page: Buffer | undefined;
  for (;;) {
    if (!window.holds(at, MAX_PAGE_BYTES)) await window.moveTo(at);
    page = pageAt(window.bytes, window.at(at));
    if (!page) break;
    if (!count.add(page)) return undefined;
    at += page.length;
  }
  const rest = await bytes.read(at, 4);
  return {
    isCertain: count.isCertain,
    end: at,
    durationSeconds: count.samples / OPUS_RATE_HZ,
    channels: count.channels,
    isChained: count.isChained,
    isCut: rest.length > 0 && 'OggS'.startsWith(rest.toString('latin1')),
  };
}

function pageAt(bytes: Buffer, at: number): Buffer | undefined {
  if (bytes.length < at + HEADER_BYTES || bytes.toString('latin1', at, at + 4) !== 'OggS') return undefined;
  const segments = bytes.readUInt8(at + 26);
  let end = at + HEADER_BYTES + segments;
  if (end > bytes.length) return undefined;
  for (let segment = at + HEADER_BYTES; segment < at + HEADER_BYTES + segments; segment++)
    end += bytes.readUInt8(segment);
  return end > bytes.length ? undefined : bytes.subarray(at, end);
}

/** Counts packets and their samples, page by page, and sees whether the pages say the same. */
class PacketCount {
  isCertain = true;
  isChained = false;
  channels = 0;
  packets = 0;
  #serial: number | undefined;
  #sequence = 0;
  #preSkip = 0;
  #decoded = 0;
  #cutOff = 0;
  #isOpen = false;
  #hasEnded = false;

  get samples(): number {
    return Math.max(0, this.#decoded - this.#preSkip - this.#cutOff);
  }

  /** False where the first page does not begin an Opus stream. */
  add(page: Buffer): boolean {
    this.#serial ??= page.readUInt32LE(14);
    if (page.readUInt32LE(14) !== this.#serial || page.readUInt32LE(18) !== this.#sequence || this.#hasEnded) {
      this.isCertain = false;
    }
    this.#sequence = (page.readUInt32LE(18) + 1) >>> 0;
    const flags = page.readUInt8(5);
    if (flags & FIRST_PAGE && this.packets > 2) this.isChained = true;
    if (Boolean(flags & CONTINUED) !== this.#isOpen) this.isCertain = false;
    const segments = page.readUInt8(26);
    let body = HEADER_BYTES + segments;
    let hasEnd = false;
    for (let segment = HEADER_BYTES; segment < HEADER_BYTES + segments; segment++) {
      const size = page.readUInt8(segment);
      if (!this.#isOpen && !this.#begin(page.subarray(body, size === 0 ? body : undefined))) return false;
      body += size;
      this.#isOpen = size === 255;
      hasEnd ||= !this.#isOpen;
    }
    this.#compare(page.readBigUInt64LE(6), flags, hasEnd);
    return true;
  }

  /** What follows is a packet's beginning. False where the first packet is not Opus's. */
  #begin(packet: Buffer): boolean {
    this.packets++;
    if (this.packets === 1) {
      if (packet.toString('latin1', 0, 8) !== 'OpusHead' || packet.length < 19) return false;
      this.channels = packet.readUInt8(9);
      this.#preSkip = packet.readUInt16LE(10);
      this.isCertain &&= packet.readUInt8(18) === 0 && this.channels > 0 && this.channels <= MAX_CHANNELS;
    } else if (this.packets === 2) {
      this.isCertain &&= packet.toString('latin1', 0, 8) === 'OpusTags';
    } else {
      this.#decoded += packetSamples(packet);
    }
    return true;
  }

  /** Only the last page may say less than was counted: the rest of its sound is to be cut off. */
  #compare(position: bigint, flags: number, hasEnd: boolean): void {
    if (this.packets <= 2) return;
    this.#hasEnded = (flags & LAST_PAGE) !== 0;
    if (!hasEnd) {
      this.isCertain &&= position === NO_POSITION;
      return;
    }
    const tooMany = this.#decoded - Number(position);
    if (this.#hasEnded && tooMany > 0 && tooMany < this.#decoded) this.#cutOff = tooMany;
    else this.isCertain &&= tooMany === 0;
  }
}

/** Samples of a packet by its first bytes (RFC 6716, 3.1). */
function packetSamples(packet: Buffer): number {
  if (packet.length === 0) return 0;
  const toc = packet.readUInt8(0);
  const config = toc >> 3;
  const step = config & 3;
  const frame = config < 12 ? ([480, 960, 1_920, 2_880][step] ?? 0) : config < 16 ? 480 << (config & 1) : 120 << step;
  const code = toc & 3;
  return frame * (code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 63 : 2);
}
