import type { AudioRemark } from '../formats/audio-format.ts';
import type { AudioTrack } from './ffmpeg-look.ts';

/** A pause of hours in which not a single packet came is a clock that was set anew, and no pause. */
const MAX_PAUSE_SECONDS = 30 * 60;
const MAX_TRACKS = 16;
/**
 * Sound follows on sound: a tag between two recordings in one file is no pause, and leaves no hole in the positions of the
 * output. Each packet begins where the one before it ends; in no filter, since a change of channels sets those up anew.
 */
const WITHOUT_HOLES = ['-bsf:a', 'setts=ts=if(N\\,PREV_OUTPTS+PREV_OUTDURATION\\,PTS)'];
/** Readers leave out what an encoder put in front, and count it. */
const FROM_ZERO = 'asetpts=PTS-STARTPTS';

export interface SoundPlan {
  /** ffmpeg's arguments that choose and shape the sound. */
  arguments: string[];
  channels: 1 | 2;
  remarks: AudioRemark[];
}

/**
 * What becomes of the tracks of a recording: one or two channels, and nobody left out.
 *
 * @param isClocked whether its packets bear times of their own, so that a gap between them is a pause.
 */
export function planSound(tracks: readonly AudioTrack[], isClocked: boolean): SoundPlan | undefined {
  const [only, second] = tracks;
  const unclocked = isClocked ? [] : WITHOUT_HOLES;
  if (!only || tracks.length > MAX_TRACKS) return undefined;
  if (!second) {
    const { filter, channels, isMixed } = inTwoChannels(only);
    return {
      arguments: [
        '-map',
        '0:a:0',
        '-af',
        chain(isClocked ? pauses(true) : FROM_ZERO, filter),
        '-ac',
        String(channels),
        ...unclocked,
      ],
      channels,
      remarks: isMixed ? ['channels_mixed'] : [],
    };
  }
  const isPair = tracks.length === 2 && tracks.every(({ channels }) => channels === 1);
  const parts = tracks.map((track, index) => {
    const place = isPair
      ? `pan=stereo|c${index}=c0`
      : chain(inTwoChannels(track).filter, 'aformat=channel_layouts=stereo');
    return `[0:a:${index}]${chain(isClocked ? pauses(false) : FROM_ZERO, place)}[t${index}]`;
  });
  const inputs = tracks.map((_, index) => `[t${index}]`).join('');
  const mix = `${inputs}amix=inputs=${tracks.length}:duration=longest:dropout_transition=0:normalize=${isPair ? 0 : 1}[sound]`;
  const isMixed = tracks.some((track) => inTwoChannels(track).isMixed);
  return {
    arguments: ['-filter_complex', [...parts, mix].join(';'), '-map', '[sound]', '-ac', '2', ...unclocked],
    channels: 2,
    remarks: [isPair ? 'tracks_joined' : 'tracks_mixed', ...(isMixed ? (['channels_mixed'] as const) : [])],
  };
}

/** Of more than two channels the odd ones become the left and the even ones the right: the first two stay apart. */
function inTwoChannels({ channels = 2 }: AudioTrack): { filter: string; channels: 1 | 2; isMixed: boolean } {
  if (channels <= 2) return { filter: 'anull', channels: channels === 1 ? 1 : 2, isMixed: false };
  const of = (first: number) =>
    Array.from({ length: channels }, (_, index) => index).filter((index) => index % 2 === first);
  const sum = (side: number[]) => side.map((index) => `c${index}`).join('+');
  return { filter: `pan=stereo|c0<${sum(of(0))}|c1<${sum(of(1))}`, channels: 2, isMixed: true };
}

/**
 * Puts silence where no packet came, and never takes sound away: a packet is played at its time, or where the one
 * before it ends, whichever is later. The clock may begin anywhere and jump.
 *
 * @param fromZero whether the first packet's time is the beginning; several tracks begin where the file does.
 */
function pauses(fromZero: boolean): string {
  // 0: where the next packet is to be played; 1: what the clock is ahead; both in the unit of PTS.
  const begin = fromZero ? 'if(eq(N,0),st(1,PTS))' : '0';
  const ahead = 'st(2,PTS-ld(1)-ld(0))';
  const jumps = `if(gt(ld(2)*TB,${MAX_PAUSE_SECONDS})+lt(ld(2)*TB,-1),st(1,PTS-ld(0)))`;
  const place = 'st(3,if(isnan(PTS),ld(0),if(gt((PTS-ld(1)-ld(0))*TB,0.02),PTS-ld(1),ld(0))))';
  const next = 'st(0,ld(3)+NB_SAMPLES/SR/TB)';
  return `asetpts='${[begin, ahead, jumps, place, next, 'ld(3)'].join(';').replaceAll(',', '\\,')}',aresample=async=1:first_pts=0`;
}

function chain(...filters: string[]): string {
  return filters.join(',');
}
