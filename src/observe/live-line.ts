import type { Clock } from '../core/clock.ts';
import type { StderrStream } from './stderr.ts';
import { startTicker } from './ticker.ts';

/** How often the spinner turns and how often the words change, in ms. */
const FRAME_MS = 100;
const TEXT_MS = 250;

/** Taken by the spinner, the space after it, and the last column, which some terminals wrap at. */
const MARGIN = 3;

/** Where the terminal does not tell its width. */
const DEFAULT_COLUMNS = 80;

export interface LiveLineParts {
  readonly stream: StderrStream;
  readonly clock: Clock;
  readonly colour: boolean;
  /** The words, in no more than `width` characters. */
  text(width: number): string;
}

/**
 * The moving line of a terminal. It is redrawn below whatever else is written to stderr, or to a stdout
 * on the same terminal: ora hooks their `write`. It leaves stdin and the cursor alone, so that
 * Ctrl-C works and a killed run leaves the terminal as it was. Returns a function that clears it.
 */
export async function startLiveLine({ stream, clock, colour, text }: LiveLineParts): Promise<() => void> {
  const { default: ora } = await import('ora');
  const width = (): number => (stream.columns ?? DEFAULT_COLUMNS) - MARGIN;
  const spinner = ora({
    stream,
    interval: FRAME_MS,
    color: colour ? 'cyan' : false,
    text: text(width()),
    isEnabled: true,
    discardStdin: false,
    hideCursor: false,
  });
  const redraw = (): void => {
    // ora would clear infinitely many rows of a terminal without columns.
    if (stream.columns === 0) {
      spinner.stop();
      return;
    }
    if (!spinner.isSpinning) spinner.start();
    const drawn = spinner.text.length + MARGIN - 1;
    spinner.text = text(width());
    clearWrapped(stream, drawn);
  };
  spinner.start();
  stream.on('resize', redraw);
  const stopTicker = startTicker(clock, TEXT_MS, () => {
    spinner.text = text(width());
  });
  return () => {
    stopTicker();
    stream.off('resize', redraw);
    spinner.stop();
  };
}

/**
 * A terminal that became narrower has wrapped the line that was there. The upper rows of it are taken
 * off; ora takes off the last and draws anew, since this is a write like any other.
 */
function clearWrapped(stream: StderrStream, drawn: number): void {
  const rows = Math.ceil(drawn / Math.max(1, stream.columns ?? DEFAULT_COLUMNS));
  stream.write(rows > 1 ? `\u001b[${rows - 1}A\u001b[J\r` : '\r');
}
