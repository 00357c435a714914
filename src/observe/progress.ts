import type { Clock } from '../core/clock.ts';
import { startLiveLine } from './live-line.ts';
import { type Env, type ProgressMode, wantsColour } from './progress-mode.ts';
import { fitParts, type ProgressState, progressJson, progressParts } from './progress-text.ts';
import type { StderrWriter } from './stderr.ts';
import { startTicker } from './ticker.ts';

/** Between two plain lines: few enough for a log that is kept. */
const LINE_MS = 10_000;
/** Between two lines of JSON. */
const JSON_MS = 1000;

export interface ProgressParts {
  readonly mode: ProgressMode;
  readonly stderr: StderrWriter;
  readonly clock: Clock;
  readonly env: Env;
  state(): ProgressState;
}

/** Shows how far the run is. The function that it resolves to ends that and clears a moving line; twice does no harm. */
export async function startProgress(parts: ProgressParts): Promise<() => void> {
  const stop = await start(parts);
  let stopped = false;
  return () => {
    if (stopped) return;
    stopped = true;
    stop();
  };
}

async function start({ mode, stderr, clock, env, state }: ProgressParts): Promise<() => void> {
  if (mode === 'live') {
    return startLiveLine({
      stream: stderr.stream,
      clock,
      colour: wantsColour(env),
      text: (width) => fitParts(progressParts(state()), width),
    });
  }
  if (mode === 'line') {
    return startTicker(clock, LINE_MS, () => stderr.line(`progress: ${progressParts(state()).join(', ')}`));
  }
  if (mode === 'json') {
    const write = (): void => stderr.line(JSON.stringify(progressJson(state())));
    const stopTicker = startTicker(clock, JSON_MS, write);
    return () => {
      stopTicker();
      write();
    };
  }
  return () => {};
}
