import { FETCHED_FFMPEG } from '../../environment/usual-ffmpeg.ts';
import { ExportError } from '../../errors/export-error.ts';
import { checkConverter } from '../../recordings/ffmpeg/ffmpeg-version.ts';
import { findProgram, type FindProgramOptions } from './find-program.ts';
import { fetchFromWheel, type PinnedWheel } from './wheel.ts';

const inWheel = (build: string) => `imageio_ffmpeg/binaries/ffmpeg-${build}`;

/** A static build that reads G.711, GSM, AMR, G.729, Speex and all the usual formats, and writes Opus. */
const WHEEL: PinnedWheel = {
  package: 'imageio-ffmpeg',
  version: '0.8.1',
  content: `ffmpeg ${FETCHED_FFMPEG.version}, about 70 MB,`,
  builds: {
    'linux-x64': {
      sha256: '050d6850601c3b3890bd2b28306f3b842b3daea390a561101174375a1c460bda',
      program: inWheel('linux-x86_64-v9.0.2'),
    },
    'linux-arm64': {
      sha256: 'fad3176f859b25869e60a8ed79957d4e3ed74a97a95e5f0cdcb91455f6c6d00e',
      program: inWheel('linux-aarch64-v9.0.2'),
    },
    'darwin-x64': {
      sha256: '9538a10e598257263b5de1a1c1b86e7603417bc219245b1e279b452e5e48cc20',
      program: inWheel('macos-x86_64-v9.0.2'),
    },
    'darwin-arm64': {
      sha256: '5636d691e36e5274b13fe38182b1f627b2e35dcecc63944012c2470f9484fc45',
      program: inWheel('macos-aarch64-v9.0'),
    },
  },
};

/**
 * The path of an ffmpeg that writes Ogg Opus: by `FFMPEG_PATH`, on PATH, of an earlier time, by pip.
 * @throws ExportError `ffmpeg_missing`
 */
export function findFfmpeg(options: FindProgramOptions & { wheel?: PinnedWheel }): Promise<string> {
  const { env, say, wheel = WHEEL } = options;
  return findProgram(
    {
      ...FETCHED_FFMPEG,
      variable: 'FFMPEG_PATH',
      problemOf,
      sources: { pip: (target) => fetchFromWheel({ wheel, target, env, say }) },
      missing: (problem) => new ExportError('ffmpeg_missing', { values: { problem } }),
    },
    options,
  );
}

async function problemOf(file: string): Promise<string | undefined> {
  const { ok, version } = await checkConverter(file);
  if (ok) return undefined;
  return version === null ? 'does not answer as ffmpeg does' : 'cannot write Opus (it lacks libopus)';
}
