import type { createParser } from 'eventsource-parser';

/** Takes the data of one event or line, and the event's name. */
export type TakeFrame = (data: string, name?: string) => void;

/** Cuts a stream of text into frames. */
export interface FrameReader {
  feed(text: string): void;
  /** The text has ended: what is left is a frame too, though its line may not be whole. */
  end(): void;
}

export type Framing = (take: TakeFrame) => FrameReader;

/** Server-sent events. The last one counts without the blank line that should follow it. */
export function eventFrames(create: typeof createParser): Framing {
  return (take) => {
    const parser = create({
      onEvent: ({ data, event }) => take(data, event),
      // Older servers of llama.cpp write an error as a field of its own: `error: {…}`.
      onError: ({ field, value }) => {
        if (field === 'error' && value) take(value, field);
      },
    });
    return { feed: (text) => parser.feed(text), end: () => parser.feed('\n\n') };
  };
}

/** Lines of JSON. The last one counts without a line feed. */
export const lineFrames: Framing = (take) => {
  let rest = '';
  const takeLine = (line: string): void => {
    if (line.trim() !== '') take(line);
  };
  return {
    feed: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) takeLine(line);
    },
    end: () => takeLine(rest),
  };
};
