import { encodePage, packetCost, pageBytes } from './ogg-page.ts';
import { fileOf, type PlainRecording, type RecordingFile } from './recording.ts';

/** The fixture's last page is one second: 50 packets of 20 ms, 60 bytes each (24 kbit/s, constant). */
const PACKETS_PER_SECOND = 50;
const PACKET_BYTES = 60;
/** Opus counts at 48 kHz, whatever its input's rate was (RFC 7845 §4). */
const SAMPLES_PER_SECOND = 48_000;
/** Samples of the decoder's warm-up, named in the fixture's OpusHead and not counted as played. */
const PRE_SKIP = 312;
const SECOND_PAGE_BYTES = pageBytes(PACKETS_PER_SECOND * packetCost(PACKET_BYTES));
const FIRST_AUDIO_PAGE = 2;

/**
 * A maker of Ogg Opus recordings. A page's sequence number and checksum depend on its place only, so the pages are
 * made once and shared by all recordings; the id is in OpusTags, which also fills up to an exact size.
 */
export function oggOpusMaker(fixture: Buffer): (recording: PlainRecording) => RecordingFile {
  const packets = lastSecond(fixture);
  const opusHead = fixture.subarray(28, 47);
  const headPage = encodePage({ flags: 2, granulePosition: 0, sequence: 0, packets: [opusHead] });
  let shared: Buffer = Buffer.alloc(0);
  let sharedPages = 0;

  function middlePages(count: number): Buffer {
    if (count * SECOND_PAGE_BYTES > shared.length) {
      const grown = Buffer.alloc(Math.max(count * SECOND_PAGE_BYTES, 2 * shared.length));
      shared.copy(grown);
      shared = grown;
    }
    for (; sharedPages < count; sharedPages += 1) {
      const granulePosition = (sharedPages + 1) * SAMPLES_PER_SECOND;
      const page = encodePage({ flags: 0, granulePosition, sequence: FIRST_AUDIO_PAGE + sharedPages, packets });
      page.copy(shared, sharedPages * SECOND_PAGE_BYTES);
    }
    return shared.subarray(0, count * SECOND_PAGE_BYTES);
  }

  return ({ worldId, talkSeconds, sizeBytes }) => {
    const tags = opusTags(worldId);
    const plan =
      sizeBytes === undefined
        ? bySeconds(talkSeconds, tags.length)
        : bySize(sizeBytes - headPage.length, tags.length, worldId);
    const tagsPacket = Buffer.concat([tags, Buffer.alloc(plan.tagsBytes - tags.length)]);
    const tagsPage = encodePage({ flags: 0, granulePosition: 0, sequence: 1, packets: [tagsPacket] });
    const lastPage = encodePage({
      flags: 4,
      granulePosition: plan.samples + PRE_SKIP,
      sequence: FIRST_AUDIO_PAGE + plan.pages - 1,
      packets,
    });
    // The audio may end before its last page does: a decoder stops at the granule position.
    return fileOf('audio/ogg', [headPage, tagsPage, middlePages(plan.pages - 1), lastPage]);
  };
}

interface OpusPlan {
  pages: number;
  samples: number;
  tagsBytes: number;
}

function bySeconds(talkSeconds: number, tagsBytes: number): OpusPlan {
  const samples = Math.max(1, Math.round(talkSeconds * SAMPLES_PER_SECOND));
  return { pages: Math.ceil((samples + PRE_SKIP) / SAMPLES_PER_SECOND), samples, tagsBytes };
}

/** As many whole pages as fit, the rest as padding of the tags (RFC 7845 §5.2 allows it). */
function bySize(bytes: number, leastTagsBytes: number, worldId: string): OpusPlan {
  const leastPage = pageBytes(packetCost(leastTagsBytes));
  for (let pages = Math.floor((bytes - leastPage) / SECOND_PAGE_BYTES); pages >= 1; pages -= 1) {
    const cost = bytes - pages * SECOND_PAGE_BYTES - pageBytes(0);
    const tagsBytes = cost - 1 - Math.floor((cost - 1) / 256);
    // One size in 256 is out of reach, where a further segment begins: a page less, and it is within.
    if (packetCost(tagsBytes) === cost) return { pages, samples: pages * SAMPLES_PER_SECOND - PRE_SKIP, tagsBytes };
  }
  throw new RangeError(`An Ogg Opus recording of ${worldId} can't be that small`);
}

function opusTags(worldId: string): Buffer {
  const vendor = Buffer.from('sandbox');
  const comment = Buffer.from(`TITLE=Call ${worldId}`);
  return Buffer.concat([
    Buffer.from('OpusTags'),
    uint32(vendor.length),
    vendor,
    uint32(1),
    uint32(comment.length),
    comment,
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function lastSecond(fixture: Buffer): Buffer[] {
  const audio = fixture.subarray(-PACKETS_PER_SECOND * PACKET_BYTES);
  return Array.from({ length: PACKETS_PER_SECOND }, (_, index) =>
    audio.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES),
  );
}
