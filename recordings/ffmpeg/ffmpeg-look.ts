/** What ffmpeg says that its input is. */
export interface InputLook {
  /** ffmpeg's names for what can read it, parted by commas. */
  demuxer: string;
  /** As the headers claim. */
  claimedSeconds: number | undefined;
  /** The tracks of sound, in their order. */
  tracks: AudioTrack[];
}

export interface AudioTrack {
  codec: string;
  /** Undefined for a layout by a name that we don't know. */
  channels: number | undefined;
}

const INPUT = /^Input #0, (\S+), from /m;
const DURATION = /^ {2}Duration: (\d+):(\d\d):(\d\d\.\d+)(?:, start: (-?[\d.]+))?/m;
/** Titles and the like stand further to the right, so that no recording can pretend to a track. */
const TRACK = /^ {2}Stream #0:\d+[^:\n]*: Audio: (\w+)(.*)$/gm;
const CHANNELS = / Hz, (?:(\d+) channels|([\d.]+)(?:\([a-z-]+\))?|([a-z]+)[^,]*),/;
const LAYOUTS: Record<string, number> = { mono: 1, stereo: 2, downmix: 2, quad: 4, hexagonal: 6, octagonal: 8 };

/** Reads the description of its input that ffmpeg prints; undefined where it could make nothing of it. */
export function readLook(printed: string): InputLook | undefined {
  const demuxer = INPUT.exec(printed)?.[1];
  if (demuxer === undefined) return undefined;
  const tracks = [...printed.matchAll(TRACK)].map(([, codec = '', rest = '']) => ({
    codec,
    channels: channelsIn(rest),
  }));
  return {
    demuxer,
    claimedSeconds: secondsIn(printed),
    tracks: tracks.filter(({ codec, channels }) => codec !== 'none' && channels !== 0),
  };
}

function channelsIn(description: string): number | undefined {
  const [, count, points, layout] = CHANNELS.exec(description) ?? [];
  if (count !== undefined) return Number(count);
  // 5.1 is five and one.
  if (points !== undefined) return points.split('.').reduce((sum, part) => sum + Number(part), 0);
  return layout === undefined ? undefined : LAYOUTS[layout];
}

function secondsIn(printed: string): number | undefined {
  const [, hours, minutes, seconds, start = '0'] = DURATION.exec(printed) ?? [];
  if (hours === undefined) return undefined;
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) - Math.max(0, Number(start));
}
