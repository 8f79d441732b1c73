import { Algorithm, ProcessingState, type TalkState } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk';

import type { Talk } from './talk-store.ts';

/** The order seen in a recorded answer of the service. */
const ALGORITHMS = [
  Algorithm.ALGORITHM_SPEECHKIT,
  Algorithm.ALGORITHM_YGPT,
  Algorithm.ALGORITHM_CLASSIFIER,
  Algorithm.ALGORITHM_SUMMARIZATION,
  Algorithm.ALGORITHM_EMBEDDING,
];

/** How far the service has come with a talk: one algorithm after the other, recognition first. */
export function talkState(talk: Talk, nowMs: number, processingMs: number): TalkState {
  const share = processingMs === 0 ? 1 : Math.max(0, nowMs - talk.createdAtMs) / processingMs;
  const passed = Math.floor(share * ALGORITHMS.length);
  const states = ALGORITHMS.map((algorithm, index) => ({
    algorithm,
    processingState: algorithmState(talk, index, passed),
  }));
  return { processingState: wholeState(talk, passed), algorithmProcessingInfos: states };
}

function algorithmState(talk: Talk, index: number, passed: number): ProcessingState {
  if (!talk.audio.recognisable && passed > 0) {
    return index === 0 ? ProcessingState.PROCESSING_STATE_FAILED : ProcessingState.PROCESSING_STATE_NOT_STARTED;
  }
  if (index < passed) return ProcessingState.PROCESSING_STATE_SUCCESS;
  return index === passed ? ProcessingState.PROCESSING_STATE_PROCESSING : ProcessingState.PROCESSING_STATE_NOT_STARTED;
}

function wholeState(talk: Talk, passed: number): ProcessingState {
  if (!talk.audio.recognisable && passed > 0) return ProcessingState.PROCESSING_STATE_FAILED;
  return passed >= ALGORITHMS.length
    ? ProcessingState.PROCESSING_STATE_SUCCESS
    : ProcessingState.PROCESSING_STATE_PROCESSING;
}
