import { type Colour, png } from './png.ts';

/** The pictures that amoCRM asks for, by name, in its sizes. */
const IMAGE_SIZES = {
  logo_main: [400, 272],
  logo_small: [108, 108],
  logo: [130, 100],
  logo_medium: [240, 84],
  logo_min: [84, 84],
} as const satisfies Record<string, readonly [width: number, height: number]>;

const BACKGROUND: Colour = [51, 111, 217];
const WAVE: Colour = [255, 255, 255];

/** Heights of the bars of a sound wave, of the picture's smaller side. */
const BARS = [0.16, 0.34, 0.56, 0.3, 0.46, 0.22, 0.12];

/** Each picture as PNG: a sound wave, without a word and without anybody's sign. */
export function drawImages(): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(IMAGE_SIZES).map(([name, [width, height]]) => [`${name}.png`, soundWave(width, height)]),
  );
}

function soundWave(width: number, height: number): Uint8Array {
  const side = Math.min(width, height);
  const step = (side * 0.72) / BARS.length;
  const left = (width - step * BARS.length) / 2;
  return png(width, height, (x, y) => {
    const at = (x + 0.5 - left) / step;
    const bar = BARS[Math.floor(at)];
    if (bar === undefined) return BACKGROUND;
    const radius = step * 0.28;
    const across = Math.abs(at - Math.floor(at) - 0.5) * step;
    const along = Math.max(0, Math.abs(y + 0.5 - height / 2) - (side * bar) / 2);
    // Bars with round ends, their edge softened over one pixel.
    const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(across, along)));
    return mixed(cover);
  });
}

function mixed(cover: number): Colour {
  const part = (index: 0 | 1 | 2) => Math.round(BACKGROUND[index] + (WAVE[index] - BACKGROUND[index]) * cover);
  return [part(0), part(1), part(2)];
}
